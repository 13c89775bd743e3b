-- name: reserve(order_document, order_digest, reservation_status)!
-- Writes the order's reservation.
-- Writes nothing when the id has a reservation already, even if that is another order's: Step
-- Functions forgets an execution's name after 90 days.
INSERT INTO inventory_reservations
    (order_id, customer_id, product_id, quantity, status, order_digest)
SELECT accepted.order_id, customer_id, product_id, quantity, :reservation_status, :order_digest
FROM jsonb_to_record(CAST(:order_document AS jsonb))
    AS accepted (order_id TEXT, customer_id TEXT, items JSONB),
    jsonb_to_recordset(items) AS item (product_id TEXT, quantity INTEGER)
WHERE NOT EXISTS (
    SELECT FROM inventory_reservations AS earlier WHERE earlier.order_id = accepted.order_id
)
ORDER BY product_id
ON CONFLICT DO NOTHING;

-- name: lock(order_id)
-- Returns the order's reservation and locks it until the transaction ends.
-- It is the order's mutex: transactions that change the order lock its reservation first.
SELECT customer_id, product_id, quantity, status, order_digest
FROM inventory_reservations
WHERE order_id = :order_id
ORDER BY product_id
FOR UPDATE;

-- name: reservation_of(order_id)
-- Returns the order's reservation, without locking it.
SELECT order_id, customer_id, product_id, quantity, status, order_digest
FROM inventory_reservations
WHERE order_id = :order_id;

-- name: ship(order_id)!
-- Marks the stock that the order holds as shipped.
UPDATE inventory_reservations
SET status = 'shipped', updated_at = CURRENT_TIMESTAMP AT TIME ZONE 'UTC'
WHERE order_id = :order_id
  AND status = 'held';
