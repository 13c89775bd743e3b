-- name: freeze()!
-- Starts a read-only transaction in which every query sees the tables as they are now.
START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- name: disable_statement_timeout()!
-- Lifts the statement timeout until the transaction ends.
-- The database's own timeout (sql/migrations/0005) is meant for the functions.
SET LOCAL statement_timeout = 0;

-- name: counts()^
-- Counts what the doctor looks at.
-- always a row
-- nullable: nothing
SELECT
    (SELECT count(*) FROM orders) AS orders,
    (SELECT count(*) FROM inventory) AS products,
    (SELECT count(*) FROM inventory_reservations) AS reservations;

-- name: statuses_of_open(older_than)
-- Lists the statuses of open orders.
-- Younger ones than `older_than` seconds are left out. The order's own status is null while it is not stored.
-- nullable: status
SELECT order_id, orders.status
FROM accepted_orders
LEFT JOIN orders USING (order_id)
WHERE settled_at IS NULL
  AND accepted_at
    <= CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - make_interval(secs => CAST(:older_than AS FLOAT));

-- name: lost_stock()
-- Lists the products for which received = in stock + held + shipped does not hold.
-- nullable: nothing
WITH received AS (
    SELECT product_id, sum(quantity) AS received
    FROM inventory_receipts
    GROUP BY product_id
), reserved AS (
    SELECT
        product_id,
        sum(quantity) FILTER (WHERE status = 'held') AS held,
        sum(quantity) FILTER (WHERE status = 'shipped') AS shipped
    FROM inventory_reservations
    GROUP BY product_id
), counted AS (
    SELECT
        product_id, coalesce(received, 0) AS received, coalesce(stock, 0) AS stock,
        coalesce(held, 0) AS held, coalesce(shipped, 0) AS shipped
    FROM inventory
    FULL JOIN received USING (product_id)
    FULL JOIN reserved USING (product_id)
)
SELECT product_id, received, stock, held, shipped
FROM counted
WHERE received <> stock + held + shipped
ORDER BY product_id;

-- name: contradictions()
-- Lists the orders whose status does not match the status of their reservation.
-- `reserved` has the statuses that were found; it is null when the order has no reservation.
-- nullable: reserved
SELECT order_id, orders.status, expected, string_agg(DISTINCT reserved.status, ', ') AS reserved
FROM orders
JOIN (
    VALUES
        ('pending', 'held'), ('processing', 'held'), ('shipped', 'shipped'),
        ('delivered', 'shipped'), ('cancelled', 'released'), ('failed', 'released')
) AS rule (status, expected) USING (status)
LEFT JOIN inventory_reservations AS reserved USING (order_id)
GROUP BY order_id, orders.status, expected
HAVING count(reserved.status) = 0 OR bool_or(reserved.status <> expected)
ORDER BY order_id;

-- name: wrong_totals()
-- Lists the orders whose items do not add up to their total, or that have no items.
-- nullable: nothing
SELECT order_id, total_amount, coalesce(sum(quantity * price), 0) AS items_total,
    count(product_id) AS items
FROM orders
LEFT JOIN order_items USING (order_id)
GROUP BY order_id, total_amount
HAVING count(product_id) = 0 OR total_amount <> sum(quantity * price)
ORDER BY order_id;

-- name: wrong_reservations()
-- Lists the products of which an order reserved another quantity than it ordered.
-- Orders without any reservation are left out: `contradictions` lists them.
-- nullable: nothing
SELECT order_id, product_id, coalesce(item.quantity, 0) AS ordered,
    coalesce(reserved.quantity, 0) AS reserved
FROM order_items AS item
FULL JOIN inventory_reservations AS reserved USING (order_id, product_id)
WHERE item.quantity IS DISTINCT FROM reserved.quantity
  AND EXISTS (SELECT FROM orders WHERE orders.order_id = coalesce(item.order_id, reserved.order_id))
  AND EXISTS (
    SELECT FROM inventory_reservations AS any_of
    WHERE any_of.order_id = coalesce(item.order_id, reserved.order_id)
  )
ORDER BY order_id, product_id;

-- name: stock_without_order()
-- Lists the orders that hold stock although they are not stored, and not open either.
SELECT DISTINCT order_id
FROM inventory_reservations AS reserved
WHERE status = 'held'
  AND NOT EXISTS (SELECT FROM orders WHERE orders.order_id = reserved.order_id)
  AND NOT EXISTS (
    SELECT FROM accepted_orders AS accepted
    WHERE accepted.order_id = reserved.order_id AND settled_at IS NULL
  )
ORDER BY order_id;

-- name: executions_without_rows(order_ids)
-- Lists those of the order ids that occur in no table.
-- `order_ids` is a JSON list.
-- nullable: nothing
SELECT order_id
FROM jsonb_array_elements_text(CAST(:order_ids AS jsonb)) AS named (order_id)
WHERE NOT EXISTS (SELECT FROM accepted_orders AS a WHERE a.order_id = named.order_id)
  AND NOT EXISTS (SELECT FROM inventory_reservations AS r WHERE r.order_id = named.order_id)
  AND NOT EXISTS (SELECT FROM orders WHERE orders.order_id = named.order_id)
ORDER BY order_id;

-- name: past_backup(since)
-- Lists the orders that were created at or after `since` and have passed BackUpOrder.
-- Their backups must be in the bucket.
SELECT order_id, created_at
FROM orders
WHERE status IN ('processing', 'shipped', 'delivered')
  AND created_at >= :since
ORDER BY created_at, order_id;
