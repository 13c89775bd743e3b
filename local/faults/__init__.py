"""Fault injection, for `scripts/up --faults`; docs/faults.md is the manual.

fault_plan            the faults that are still to be triggered, and which one an event triggers
function_faults       the kinds of faults that an invocation of a function can have
handler_faults        triggers a fault inside the worker process, while the handler runs
commit_faults         triggers a fault at a transaction's COMMIT, or right after it
postgres_faults       cuts a connection to PostgreSQL, crashes the server, prevents new connections
silent_postgres       a PostgreSQL that does not answer, as when the network loses all packets
invoke_errors         the errors with which Lambda itself refuses an invocation
held_invocations      the invocations that a "hold" fault stops until they are released
aws_faults            the kinds of faults that an operation of S3 or Step Functions can have
broken_connections    leaves a client of moto without an answer
aws_fault_middleware  triggers them in front of moto, and serves /faults at moto's address

/faults at the Lambda address is served by local/lambda_functions/fault_api.py. The deployed
functions contain nothing of this. Of ours, this package imports local/aws_requests.py
and local/aws_responses.py only.
"""
