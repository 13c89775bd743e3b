"""The local replacement of Lambda: runs the functions of template.yaml in worker processes.

invoke_guard           refuses callers that do not know the run's secret, and web pages
invoke_api             Lambda's Invoke API over HTTP, which Step Functions calls
fault_api              plans the faults of functions over HTTP, with --faults
warm_up                starts workers when the API is used, and ends them when it is not
runtime                all functions, in all versions: publish them, and invoke one by its name
invocations            invocations of one version: the slot, the planned fault, the worker
concurrency_limit      how many invocations of one function run at once, and the wait for a slot
worker_pool            one function's worker processes: kept warm, replaced, killed at a timeout
worker_process         the parent's handle of one worker process
forkserver             the process that workers are forked from
forkserver_preload     the libraries that it imports once, for all workers
execution_environment  the worker process itself: runs the handler on one event after the other
handler_import         inside the worker: imports the handler, or reports why it cannot
lambda_context         the handler's second argument
invocation_result      what an invocation returns, and how Lambda words its own errors

This package imports deployment, local.faults, local.iam and local.processes. It knows nothing of
HTTP routes and API keys (local/api_gateway) or of the state machine (local/step_functions), and it
never imports a handler into the parent process.
"""
