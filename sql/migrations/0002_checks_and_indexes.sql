-- What the code promises, held by the database as well.
ALTER TABLE orders
    ALTER COLUMN status SET NOT NULL,
    ALTER COLUMN created_at SET NOT NULL,
    ADD CONSTRAINT orders_status_known CHECK (
        status IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'failed')
    ),
    ADD CONSTRAINT orders_total_not_negative CHECK (total_amount >= 0);

ALTER TABLE order_items
    ADD CONSTRAINT order_items_quantity_positive CHECK (quantity > 0),
    ADD CONSTRAINT order_items_price_not_negative CHECK (price >= 0);

ALTER TABLE inventory
    ALTER COLUMN stock SET NOT NULL,
    ADD CONSTRAINT inventory_stock_not_negative CHECK (stock >= 0),
    ADD CONSTRAINT inventory_price_not_negative CHECK (price >= 0);

-- One index per way to list: all orders, one status, one customer.
CREATE INDEX orders_newest ON orders (created_at DESC, order_id);
CREATE INDEX orders_newest_by_status ON orders (status, created_at DESC, order_id);
CREATE INDEX orders_newest_by_customer ON orders (customer_id, created_at DESC, order_id);
