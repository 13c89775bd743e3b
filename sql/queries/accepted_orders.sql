-- name: note(order_id, request, order_digest)!
-- Notes that the order was accepted.
-- Writes nothing when it is noted already: the workflow may have been faster. An order that is
-- settled is always noted, because its reservation is (sql/migrations/0007).
INSERT INTO accepted_orders (order_id, request, order_digest)
VALUES (:order_id, CAST(:request AS jsonb), :order_digest)
ON CONFLICT DO NOTHING;

-- name: find(order_id)^
-- Returns what was accepted under this id.
-- `request` is JSON, the input of the execution; it is null when the order was deleted.
-- nullable: request, order_digest
SELECT order_digest, settled_at IS NOT NULL AS is_settled, CAST(request AS TEXT) AS request
FROM accepted_orders
WHERE order_id = :order_id;

-- name: is_open(order_id)$
-- Returns whether the order was accepted and is not settled.
-- always a row
-- nullable: nothing
SELECT EXISTS (
    SELECT FROM accepted_orders WHERE order_id = :order_id AND settled_at IS NULL
);

-- name: is_young(order_id)$
-- Returns whether the order was accepted less than a minute ago.
-- Step Functions may not show the execution of such an order yet: what it shows is eventually
-- consistent, and AWS names no bound.
-- always a row
-- nullable: nothing
SELECT EXISTS (
    SELECT FROM accepted_orders
    WHERE order_id = :order_id
      AND accepted_at > CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '1 minute'
);

-- name: is_in_progress(order_id)$
-- Returns whether the order is pending, or accepted and neither stored nor settled.
-- always a row
-- nullable: nothing
SELECT CASE
    WHEN EXISTS (SELECT FROM orders WHERE order_id = :order_id)
    THEN EXISTS (SELECT FROM orders WHERE order_id = :order_id AND status = 'pending')
    ELSE EXISTS (SELECT FROM accepted_orders WHERE order_id = :order_id AND settled_at IS NULL)
END;

-- name: open_orders(older_than, after_time, after_id, row_limit)
-- Lists open orders that were accepted at least `older_than` seconds ago, oldest first.
-- The page begins after the row of `after_time` and `after_id`; the first one, when they are null.
-- nullable: :after_time, :after_id
SELECT order_id, accepted_at
FROM accepted_orders
WHERE settled_at IS NULL
  AND accepted_at
    <= CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - make_interval(secs => CAST(:older_than AS FLOAT))
  AND (
    CAST(:after_time AS TIMESTAMP) IS NULL
    OR (accepted_at, order_id) > (:after_time, CAST(:after_id AS TEXT))
  )
ORDER BY accepted_at, order_id
LIMIT :row_limit;
