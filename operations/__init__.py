"""What operators and schedules run, on a laptop as on AWS.

reconciler   repairs orders whose execution timed out, was aborted or is gone; every five minutes
doctor       compares tables, executions and backups, and reports what disagrees; read-only
audit        the reads that reconciler and doctor share
migrations   brings the database's schema up to date

Each is a command (`scripts/reconcile`, `scripts/doctor`, `scripts/migrate`). They import orders;
tasks and API handlers never import them.
"""
