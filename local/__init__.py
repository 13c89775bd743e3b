"""The local cloud: replaces AWS on one machine, as template.yaml describes the deployment.

__main__          `python -m local`, which scripts/up runs: serves until Ctrl-C
command_line      its options
startup           what starts in which order
aws_requests      what a request asks AWS for, and how its service words errors
aws_responses     captures the response of an application that replaces AWS, or replaces it
environment       the addresses and names that lead functions to the local services
stack             the running stack, and stack.json, which describes it
health            watches what each component holds, and says what is missing
mending           what each component must hold, and how it is mended
start_message     what is printed when the stack is ready
deployments       deploys another release to the running stack, as sam deploy does
eventbridge       runs functions on their schedules, such as operations/reconciler every 5 minutes
recovery          runs the reconciler at once whenever the embedded engine has started
api_gateway/      API Gateway: routes, API key, proxy events
lambda_functions/ Lambda: worker processes, concurrency limit, timeouts, the Invoke API
step_functions/   Step Functions and S3: moto's server, patched
iam/              IAM: what each role may call, with --unkind
postgres/         RDS: an embedded PostgreSQL server
unkind/           eventual consistency and quotas, with --unkind
faults/           fault injection, for tests
processes/        child processes and their restarts, HTTP servers, the data folder

Nothing outside imports this package, except for tests and for scripts that need PostgreSQL alone.
What an order is and does belongs in orders, tasks and workflows.
"""
