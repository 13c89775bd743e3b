-- The ledger of stock that orders took: one row per order and product, never deleted.
-- held: taken from inventory.stock.  released: holds nothing, given back or never taken.
-- shipped: gone for good.
-- A row outlives its order, so that a task that comes too late finds the matter settled, and
-- an idempotency key its order: hence the customer, who is not in question otherwise.
-- No foreign keys: the reservation comes before the order row, and a key to inventory
-- would make all orders of one product wait for each other.
CREATE TABLE inventory_reservations (
    order_id VARCHAR(36) NOT NULL,
    customer_id VARCHAR(50) NOT NULL,
    product_id VARCHAR(50) NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    status VARCHAR(20) NOT NULL CHECK (status IN ('held', 'released', 'shipped')),
    created_at TIMESTAMP NOT NULL DEFAULT (CURRENT_TIMESTAMP AT TIME ZONE 'UTC'),
    updated_at TIMESTAMP,
    PRIMARY KEY (order_id, product_id)
);

CREATE INDEX inventory_reservations_by_product ON inventory_reservations (product_id, status);
