-- The notes of orders that were reserved before 0007, which has left notes of all others since.
-- Functions of the running release go on meanwhile: these statements only read their tables, and
-- the rows that they change are of orders that are over. A database with very many orders may
-- take minutes for it.
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
GROUP BY order_id, orders.status
ON CONFLICT DO NOTHING;

-- No table names the customer of a deleted order. Those that are not stored yet hold stock.
UPDATE inventory_reservations AS reserved
SET customer_id = NULL
WHERE status <> 'held'
  AND NOT EXISTS (SELECT FROM orders WHERE orders.order_id = reserved.order_id);

-- Orders that were settled since the first statement began, whose triggers found no note yet. No
-- order may be written in between. That lock is held for a moment: the index accepted_orders_open
-- leads to the few orders that are open, once PostgreSQL knows that they are few.
ANALYZE accepted_orders;
LOCK TABLE orders IN SHARE MODE;

UPDATE accepted_orders AS note
SET settled_at = CURRENT_TIMESTAMP AT TIME ZONE 'UTC'
WHERE settled_at IS NULL
  AND (
    EXISTS (SELECT FROM orders WHERE orders.order_id = note.order_id AND status <> 'pending')
    OR EXISTS (
        SELECT FROM inventory_reservations AS reserved
        WHERE reserved.order_id = note.order_id AND reserved.status <> 'held'
    )
  );
