-- Every order that POST /orders answered with 201: what was asked for, and when.
-- An order is open until it leaves `pending` or is deleted; then settled_at is set, in the same
-- transaction, by the triggers below. So every statement that settles an order does it, also one
-- that an operator types.
-- request is the input of the order's execution. It is null once the order is deleted, because
-- it names the customer, and for orders that were accepted before this table existed.
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

-- The reconciler no longer searches by reservation. To drop an index takes a moment.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX inventory_reservations_held;

-- After a DELETE no table names the customer; the digest stays, for the Idempotency-Key.
-- Null is only in reservations of deleted orders, of which no task is left that could read them.
-- squawk-ignore ban-drop-not-null
ALTER TABLE inventory_reservations ALTER COLUMN customer_id DROP NOT NULL;

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

-- Orders of today. Nothing may change them in between.
LOCK TABLE orders, inventory_reservations IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO accepted_orders (order_id, order_digest, accepted_at, settled_at)
SELECT
    order_id, max(order_digest), min(reserved.created_at),
    CASE
        WHEN bool_and(reserved.status = 'held') AND coalesce(orders.status, 'pending') = 'pending'
        THEN NULL
        ELSE CURRENT_TIMESTAMP AT TIME ZONE 'UTC'
    END
FROM inventory_reservations AS reserved
LEFT JOIN orders USING (order_id)
GROUP BY order_id, orders.status;
