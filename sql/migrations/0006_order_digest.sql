-- The SHA-256 of everything that was asked for under an order id, so that a repeated
-- Idempotency-Key, and a late task, are compared with the whole order. Null in reservations
-- older than this column: those are compared by customer, products and quantities alone.
ALTER TABLE inventory_reservations ADD COLUMN order_digest VARCHAR(64);
