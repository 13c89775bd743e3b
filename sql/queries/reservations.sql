-- name: hold(order_document, order_digest)!
-- Reserves what the order is about to take. No rows when the id has a reservation already, even
-- one with other items: Step Functions forgets a name after 90 days, this table does not.
INSERT INTO inventory_reservations
    (order_id, customer_id, product_id, quantity, status, order_digest)
SELECT accepted.order_id, customer_id, product_id, quantity, 'held', :order_digest
FROM jsonb_to_record(CAST(:order_document AS jsonb))
    AS accepted (order_id TEXT, customer_id TEXT, items JSONB),
    jsonb_to_recordset(items) AS item (product_id TEXT, quantity INTEGER)
WHERE NOT EXISTS (
    SELECT FROM inventory_reservations AS reserved WHERE reserved.order_id = accepted.order_id
)
ORDER BY product_id
ON CONFLICT DO NOTHING;

-- name: insert_released(order_document, order_digest)!
-- Settles an order that took nothing, so that a late CheckInventory cannot take stock any more.
INSERT INTO inventory_reservations
    (order_id, customer_id, product_id, quantity, status, order_digest)
SELECT accepted.order_id, customer_id, product_id, quantity, 'released', :order_digest
FROM jsonb_to_record(CAST(:order_document AS jsonb))
    AS accepted (order_id TEXT, customer_id TEXT, items JSONB),
    jsonb_to_recordset(items) AS item (product_id TEXT, quantity INTEGER)
WHERE NOT EXISTS (
    SELECT FROM inventory_reservations AS reserved WHERE reserved.order_id = accepted.order_id
)
ORDER BY product_id
ON CONFLICT DO NOTHING;

-- name: lock(order_id)
-- The order's mutex: whoever moves an order takes its reservation rows first.
SELECT customer_id, product_id, quantity, status, order_digest
FROM inventory_reservations
WHERE order_id = :order_id
ORDER BY product_id
FOR UPDATE;

-- name: with_order(order_id)
-- What is known of an order id: its reservation, and its row if there is one.
SELECT
    order_id, reserved.customer_id, product_id, quantity, reserved.status, order_digest,
    orders.status AS order_status
FROM inventory_reservations AS reserved
LEFT JOIN orders USING (order_id)
WHERE order_id = :order_id;

-- name: ship(order_id)!
-- The order's stock has left the house.
UPDATE inventory_reservations
SET status = 'shipped', updated_at = CURRENT_TIMESTAMP AT TIME ZONE 'UTC'
WHERE order_id = :order_id
  AND status = 'held';
