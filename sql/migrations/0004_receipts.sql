-- What came into stock, so that it can be told whether all of it is still accounted for:
-- received = in stock + held + shipped, for every product, always.
-- Whoever but the application changes inventory.stock has received goods or corrected a
-- count, and is noted here by a trigger: the seed's table stays as it is, and a plain UPDATE
-- stays the way to restock. The application, known by its connections' name, only moves
-- stock between inventory and reservations, and notes that in inventory_reservations.
CREATE TABLE inventory_receipts (
    receipt_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id VARCHAR(50) NOT NULL,
    quantity BIGINT NOT NULL,
    received_at TIMESTAMP NOT NULL DEFAULT (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')
);

CREATE INDEX inventory_receipts_by_product ON inventory_receipts (product_id);

-- What is there today was received at some time. Nothing may come in between this and the
-- triggers.
LOCK TABLE inventory IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO inventory_receipts (product_id, quantity)
SELECT product_id, CAST(stock AS BIGINT) + coalesce(sum(quantity) FILTER (WHERE status <> 'released'), 0)
FROM inventory
LEFT JOIN inventory_reservations USING (product_id)
GROUP BY product_id, stock;

CREATE FUNCTION note_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO inventory_receipts (product_id, quantity) VALUES (OLD.product_id, -OLD.stock);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO inventory_receipts (product_id, quantity) VALUES (NEW.product_id, NEW.stock);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER inventory_comes_or_goes
AFTER INSERT OR DELETE ON inventory
FOR EACH ROW EXECUTE FUNCTION note_receipt();

CREATE FUNCTION note_clearance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inventory_receipts (product_id, quantity) SELECT product_id, -stock FROM inventory;
    RETURN NULL;
END
$$;

CREATE TRIGGER inventory_is_cleared
BEFORE TRUNCATE ON inventory
FOR EACH STATEMENT EXECUTE FUNCTION note_clearance();

-- Without a call for the application's own statements, which are the frequent ones.
CREATE TRIGGER inventory_is_restocked
AFTER UPDATE ON inventory
FOR EACH ROW
WHEN (
    (OLD.product_id, OLD.stock) IS DISTINCT FROM (NEW.product_id, NEW.stock)
    AND current_setting('application_name') <> 'order-management'
)
EXECUTE FUNCTION note_receipt();

-- For the search for orders whose workflow is over: what is held is little beside what was.
CREATE INDEX inventory_reservations_held ON inventory_reservations (order_id)
INCLUDE (created_at)
WHERE status = 'held';
