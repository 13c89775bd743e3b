"""What operators and schedules run, on a laptop as on AWS.

reconciler/   repairs orders whose execution timed out, was aborted or is gone, and writes lost
              backups again; a Lambda function that runs every five minutes, and a command
evidence      what is known about one order: its row, reservation, execution and backup
judgement     decides from the evidence whether an execution is lost (timed out, aborted, gone)
              and which repair its order needs; a pure function
doctor/       compares tables, executions and backups, and reports every inconsistency; a command
              that only reads
audit         the time window and the reads that reconciler and doctor share
command_line  the options and error messages that their two commands share
migrations    brings the database's schema up to date; a command

The commands are `scripts/reconcile`, `scripts/doctor` and `scripts/migrate`; each starts
`python -m operations.NAME`. docs/operating.md explains when to use them.

These modules import orders. They never import tasks or API handlers, which never import them.
What a single order may do, and the SQL, live in orders/ and sql/queries/, not here.
"""
