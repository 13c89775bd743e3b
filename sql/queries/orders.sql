-- name: store_order(order_document)!
-- Stores the order and its items, once.
-- `created_at` is stored in whole seconds, as the API shows it, so that orders for which a list
-- shows the same time are sorted by id.
WITH document AS (
    SELECT order_id, customer_id, total_amount, items
    FROM jsonb_to_record(CAST(:order_document AS jsonb))
        AS accepted (order_id TEXT, customer_id TEXT, total_amount DECIMAL(10,2), items JSONB)
), stored AS (
    INSERT INTO orders (order_id, customer_id, total_amount, status, created_at)
    SELECT
        order_id, customer_id, total_amount, 'pending',
        date_trunc('second', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')
    FROM document
    ON CONFLICT DO NOTHING
)
INSERT INTO order_items (order_id, product_id, quantity, price)
SELECT order_id, product_id, quantity, price
FROM document, jsonb_to_recordset(items)
    AS item (product_id TEXT, quantity INTEGER, price DECIMAL(10,2))
ON CONFLICT DO NOTHING;

-- name: set_status(order_id, status)!
-- Sets the order's status, whatever it was.
UPDATE orders
SET status = :status, updated_at = CURRENT_TIMESTAMP AT TIME ZONE 'UTC'
WHERE order_id = :order_id;

-- name: start_processing(order_id)^
-- Moves the order from pending to processing, and returns how long ago it was accepted.
-- Any other status stays, because a late UpdateStatus must not undo a cancellation; then there is
-- no row. `seconds` is null when the order is not noted.
-- nullable: seconds
UPDATE orders
SET status = 'processing', updated_at = CURRENT_TIMESTAMP AT TIME ZONE 'UTC'
WHERE order_id = :order_id
  AND status = 'pending'
RETURNING (
    SELECT CAST(extract(EPOCH FROM updated_at - accepted_at) AS FLOAT)
    FROM accepted_orders
    WHERE accepted_orders.order_id = orders.order_id
) AS seconds;

-- name: status_of(order_id)$
-- Returns the order's status.
SELECT status
FROM orders
WHERE order_id = :order_id;

-- name: lock_status(order_id)$
-- Returns the order's status and locks the order until the transaction ends.
SELECT status
FROM orders
WHERE order_id = :order_id
FOR UPDATE;

-- name: get_order(order_id)^
-- Returns the order with its items.
-- Prices in `items` are text, because numbers in jsonb arrive as binary floats.
-- nullable: nothing
-- json: items is a list of OrderItem (product_id TEXT, quantity INTEGER, price TEXT)
SELECT order_id, customer_id, total_amount, status, created_at, (
    SELECT coalesce(
        jsonb_agg(
            jsonb_build_object(
                'product_id', product_id, 'quantity', quantity, 'price', CAST(price AS TEXT)
            )
            ORDER BY product_id
        ),
        '[]'
    )
    FROM order_items
    WHERE order_items.order_id = orders.order_id
) AS items
FROM orders
WHERE order_id = :order_id;

-- name: list_orders(status, customer_id, row_limit, row_offset)
-- Lists a page of orders, newest first.
-- A filter that is null does not filter.
-- nullable: :status, :customer_id
SELECT order_id, customer_id, total_amount, status, created_at
FROM orders
WHERE (CAST(:status AS TEXT) IS NULL OR status = :status)
  AND (CAST(:customer_id AS TEXT) IS NULL OR customer_id = :customer_id)
ORDER BY created_at DESC, order_id
LIMIT :row_limit OFFSET :row_offset;

-- name: count_orders(status, customer_id)$
-- Counts the orders on all pages of `list_orders` with these filters.
-- always a row
-- nullable: :status, :customer_id
SELECT count(*)
FROM orders
WHERE (CAST(:status AS TEXT) IS NULL OR status = :status)
  AND (CAST(:customer_id AS TEXT) IS NULL OR customer_id = :customer_id);

-- name: delete_items(order_id)!
-- Deletes the order's items.
DELETE FROM order_items
WHERE order_id = :order_id;

-- name: delete_order(order_id)$
-- Deletes the order and returns its last status.
-- Its items must have been deleted before.
DELETE FROM orders
WHERE order_id = :order_id
RETURNING status;
