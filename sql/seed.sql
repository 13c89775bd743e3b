INSERT INTO inventory (product_id, product_name, price, stock) VALUES
('PROD001', 'Laptop', 999.99, 50),
('PROD002', 'Mouse', 29.99, 100),
('PROD003', 'Keyboard', 79.99, 75),
('PROD004', 'Monitor', 299.99, 30);
