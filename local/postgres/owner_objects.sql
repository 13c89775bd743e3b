-- Gives the owner what its superuser made in the data of earlier versions. Safe to repeat.
-- Blank lines end a statement here, and nothing else does (postgres --single -j).
DO $$
DECLARE
    object TEXT;
BEGIN
    FOR object IN
        WITH theirs AS (
            SELECT oid, nspname, nspowner FROM pg_namespace
            WHERE NOT starts_with(nspname, 'pg_') AND nspname <> 'information_schema'
        )
        SELECT format('SCHEMA %I', nspname) FROM theirs WHERE nspowner = 10
        UNION ALL
        SELECT format('TABLE %s', pg_class.oid::REGCLASS)
        FROM pg_class JOIN theirs ON relnamespace = theirs.oid
        WHERE relowner = 10 AND relkind IN ('r', 'p', 'v', 'm')
        UNION ALL
        SELECT format('ROUTINE %s', pg_proc.oid::REGPROCEDURE)
        FROM pg_proc JOIN theirs ON pronamespace = theirs.oid
        WHERE proowner = 10
    LOOP
        EXECUTE format('ALTER %s OWNER TO orders', object);
    END LOOP;
END
$$;

