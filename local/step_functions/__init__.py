"""The local replacement of Step Functions and S3: moto's server, in a process of its own.

moto_process             the parent's side: starts moto
resources                creates the bucket and the state machine, which moto does not remember
holdings                 whether the bucket and the state machine exist
moto_server              the program that the process runs: moto's server with its engine
kept_bucket              keeps the bucket's objects in a folder, as moto forgets them
start_execution          serialises StartExecution, because moto has a race condition there
running_executions       which executions are not over, for tests
patch_abort_and_timeout  patches moto: an abort or a timeout ends an execution at once
patch_parsing            patches moto: a definition is parsed once, not for every execution
patch_backoffs           patches moto: back-offs are scaled, for tests of many retries
patch_lambda_client      patches moto: tasks share one Lambda client, under the machine's role

The state machine is authored in workflows/ and read by deployment/state_machine.py. This package
imports deployment, local.iam, local.unkind, local.faults and local.processes.
"""
