-- The group role of the functions' logins: it may do what the statements of sql/queries do, and no
-- more. A login is a member of it, so that a rotation may alternate between two logins.
-- A migration that adds a table grants what its statements need.
DO $$
BEGIN
    -- Roles belong to the whole cluster: the role is there if another database has been migrated,
    -- or if an administrator has created it.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'order_app') THEN
        CREATE ROLE order_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL; -- another database of the cluster is being migrated
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION USING MESSAGE = format(
            '%I may not create roles: let an administrator run CREATE ROLE order_app NOLOGIN, '
            'then migrate again', current_user
        );
END
$$;

DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO order_app', current_schema());
END
$$;
GRANT SELECT, INSERT, UPDATE (status, updated_at), DELETE ON orders TO order_app;
GRANT SELECT, INSERT, DELETE ON order_items TO order_app;
GRANT SELECT, UPDATE (stock) ON inventory TO order_app;
GRANT SELECT, INSERT, UPDATE (status, updated_at, customer_id)
ON inventory_reservations TO order_app;
GRANT SELECT, INSERT, UPDATE (request, settled_at) ON accepted_orders TO order_app;
GRANT SELECT ON inventory_receipts TO order_app;

-- The functions only move stock between inventory and inventory_reservations. Everybody else who
-- changes inventory.stock has received goods or corrected a count. A superuser counts as a member
-- of every role, and is everybody else all the same.
-- Functions of release 0.1.0 log in as the owner, and are known by their connections' name. They
-- may still run while the new ones are deployed, so release 0.3.0 drops that line, not this one.
CREATE OR REPLACE TRIGGER inventory_is_restocked
AFTER UPDATE ON inventory
FOR EACH ROW
WHEN (
    (OLD.product_id, OLD.stock) IS DISTINCT FROM (NEW.product_id, NEW.stock)
    AND (
        current_setting('is_superuser') = 'on'
        OR NOT pg_has_role('order_app', 'USAGE')
    )
    AND current_setting('application_name') <> 'order-management'
)
EXECUTE FUNCTION note_receipt();
