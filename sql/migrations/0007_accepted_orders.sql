-- Every order that POST /orders answered with 201: what was asked for, and when.
-- An order is open until it leaves `pending` or is deleted; then settled_at is set, in the same
-- transaction, by the triggers below. So every statement that settles an order does it, also one
-- that an operator types.
-- request is the input of the order's execution. It is null once the order is deleted, because it
-- names the customer, and where only the reservation is known: of orders from before this table,
-- and of those that release 0.1.0 reserves while it still runs.
-- No statement here takes long, so each lock is held for a moment, or for the 5 s at most that the
-- file waits for the next one (operations/migrations.py). Tasks lock the tables in the same order.
CREATE TABLE accepted_orders (
    order_id VARCHAR(36) PRIMARY KEY,
    request JSONB,
    order_digest VARCHAR(64),
    accepted_at TIMESTAMP NOT NULL DEFAULT (CURRENT_TIMESTAMP AT TIME ZONE 'UTC'),
    settled_at TIMESTAMP
);

-- The reconciler reads open orders only, oldest first, however many are settled.
CREATE INDEX accepted_orders_open ON accepted_orders (accepted_at, order_id)
WHERE settled_at IS NULL;

-- After a DELETE no table names the customer; the digest stays, for the Idempotency-Key.
-- Statements of 0.1.0 still run, and meet a null in reservations of deleted orders only: its late
-- tasks take them for another order's, and change nothing.
-- squawk-ignore ban-drop-not-null
ALTER TABLE inventory_reservations ALTER COLUMN customer_id DROP NOT NULL;

-- No statement searches reservations by product, and the reconciler no longer does by status.
-- The lock that this takes is the one that the file has already.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX inventory_reservations_held, inventory_reservations_by_product;

-- A reservation leaves a note, however old the code that writes it; one that is released from the
-- start is that of an order that has failed. This comes last in its transaction, because POST's
-- note of the same order waits for it: a CheckInventory that waits for stock would keep POST
-- waiting. So the order may have been noted by then, here or by POST.
-- The row of accepted_orders stays locked until the transaction ends, also when nothing in it
-- changes. So of two orders with one id that are reserved at the same time, the second one sees the
-- first one's reservation here, and is rolled back; when it is repeated, it finds the id taken.
CREATE FUNCTION note_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accepted_orders AS note (order_id, order_digest, settled_at)
    VALUES (
        NEW.order_id, NEW.order_digest,
        CASE WHEN NEW.status <> 'held' THEN CURRENT_TIMESTAMP AT TIME ZONE 'UTC' END
    )
    ON CONFLICT (order_id) DO UPDATE SET settled_at = excluded.settled_at
    WHERE note.settled_at IS NULL AND excluded.settled_at IS NOT NULL;
    IF EXISTS (
        SELECT FROM inventory_reservations
        WHERE order_id = NEW.order_id AND order_digest IS DISTINCT FROM NEW.order_digest
    ) THEN
        RAISE EXCEPTION 'another order has reserved stock under this id'
        USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER reservation_is_written
AFTER INSERT ON inventory_reservations
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION note_reservation();

CREATE FUNCTION settle_accepted_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accepted_orders
    SET settled_at = CASE
        WHEN NEW.status = 'pending' THEN NULL
        ELSE CURRENT_TIMESTAMP AT TIME ZONE 'UTC'
    END
    WHERE order_id = NEW.order_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER order_leaves_pending
AFTER UPDATE OF status ON orders
FOR EACH ROW
WHEN ((OLD.status = 'pending') <> (NEW.status = 'pending'))
EXECUTE FUNCTION settle_accepted_order();

CREATE TRIGGER order_was_never_pending
AFTER INSERT ON orders
FOR EACH ROW
WHEN (NEW.status <> 'pending')
EXECUTE FUNCTION settle_accepted_order();

CREATE FUNCTION forget_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accepted_orders
    SET request = NULL, settled_at = coalesce(settled_at, CURRENT_TIMESTAMP AT TIME ZONE 'UTC')
    WHERE order_id = OLD.order_id;
    UPDATE inventory_reservations
    SET customer_id = NULL
    WHERE order_id = OLD.order_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER order_is_deleted
AFTER DELETE ON orders
FOR EACH ROW EXECUTE FUNCTION forget_customer();
