-- Makes the owner of the database, who is no superuser. It may create roles and databases, see
-- sessions and end them, as the master user of RDS may. Safe to repeat.
-- Blank lines end a statement here, and nothing else does (postgres --single -j).
DO $$
BEGIN
    -- In the data of earlier versions, the owner was the superuser (its oid is 10).
    UPDATE pg_authid SET rolname = 'postgres' WHERE oid = 10 AND rolname = 'orders';
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'orders') THEN
        CREATE ROLE orders LOGIN CREATEDB CREATEROLE;
    END IF;
END
$$;

GRANT pg_monitor, pg_signal_backend TO orders;

-- It may change the other logins and become one with SET ROLE, but has no rights of theirs: whoever
-- has those of order_app changes stock as the functions do.
ALTER ROLE orders SET createrole_self_grant = 'set';

DO $$
DECLARE
    role_name TEXT;
BEGIN
    FOR role_name IN
        SELECT rolname FROM pg_roles
        WHERE oid <> 10 AND rolname <> 'orders' AND NOT starts_with(rolname, 'pg_')
    LOOP
        EXECUTE format(
            'GRANT %I TO orders WITH ADMIN TRUE, INHERIT FALSE, SET TRUE', role_name
        );
    END LOOP;
END
$$;

