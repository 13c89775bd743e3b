-- The server gives up before a function does (orders/database.py), so that no lock outlives
-- the invocation that took it. Set here, for the database: RDS Proxy takes no startup
-- options, and a SET would pin its connections.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''8s''', current_database());
    EXECUTE format(
        'ALTER DATABASE %I SET idle_in_transaction_session_timeout = ''15s''', current_database()
    );
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'Not the owner of this database: set its timeouts yourself (0005_timeouts.sql)';
END
$$;
