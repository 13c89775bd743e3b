-- The SHA-256 of the order's own fields. A repeated Idempotency-Key and a late task are compared
-- with it. It is null in reservations older than this column, which are compared by customer,
-- products and quantities alone.
ALTER TABLE inventory_reservations ADD COLUMN order_digest VARCHAR(64);
