-- name: prices(product_ids)
-- Returns the price of each product that exists.
-- `product_ids` is a JSON list.
SELECT product_id, price
FROM inventory
WHERE product_id IN (SELECT jsonb_array_elements_text(CAST(:product_ids AS jsonb)));

-- name: stock_of(product_id)$
-- Returns how many pieces of the product are in stock.
SELECT stock
FROM inventory
WHERE product_id = :product_id;

-- name: take_stock(order_id)
-- Reduces the stock of each product by the quantity that the order has reserved.
-- Leaves out products with too little stock, and returns the others. Rows are locked in product
-- order, so that two orders cannot deadlock. The stock that counts is that of the locked row: the
-- UPDATE would compare the stock from before it waited for the lock.
WITH wanted AS (
    SELECT inventory.product_id, reserved.quantity, inventory.stock
    FROM inventory
    JOIN inventory_reservations AS reserved USING (product_id)
    WHERE reserved.order_id = :order_id
      AND reserved.status = 'held'
    ORDER BY inventory.product_id
    FOR UPDATE OF inventory
)
UPDATE inventory
SET stock = wanted.stock - wanted.quantity
FROM wanted
WHERE inventory.product_id = wanted.product_id
  AND wanted.stock >= wanted.quantity
RETURNING inventory.product_id;

-- name: give_back(order_id)!
-- Releases the order's reservation, and adds the quantities that it held to the stock.
-- This is idempotent: only held stock comes back.
WITH released AS (
    UPDATE inventory_reservations
    SET status = 'released', updated_at = CURRENT_TIMESTAMP AT TIME ZONE 'UTC'
    WHERE order_id = :order_id
      AND status = 'held'
    RETURNING product_id, quantity
), locked AS (
    SELECT inventory.product_id, released.quantity
    FROM inventory
    JOIN released USING (product_id)
    ORDER BY inventory.product_id
    FOR UPDATE OF inventory
)
UPDATE inventory
SET stock = stock + locked.quantity
FROM locked
WHERE inventory.product_id = locked.product_id;
