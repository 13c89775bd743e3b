"""What an order is and may do, and the stores that keep it.

errors            everything that can go wrong, by name, with its HTTP status
model             statuses and their allowed moves, merging of lines, totals; pure
documents/        the models of the workflow's documents and of the API's requests and responses
settings          the environment variables, read in one place
permissions       the IAM permissions that calls to AWS need, declared beside them
database          the warm connection to PostgreSQL, and transactions
database_errors   PostgreSQL's errors become OrderErrors
credentials       the login to PostgreSQL, which may be in Secrets Manager
queries           the SQL of sql/queries as typed functions
statements        their types: parameters and rows, written by scripts/render
reservations      whether an order holds its stock; locks
compensation      compensate a failed order (give stock back), complete an interrupted one
read_your_writes  GET, PUT and DELETE wait for the workflow of a new order
step_functions    start, describe and list executions
backups           the S3 bucket
aws_errors        timeouts of the AWS clients; AWS's errors become OrderErrors
request_bodies    read the body of a request: strict UTF-8, strict JSON
logs              what the functions log: levels, the keys of a request, audit lines
metrics           CloudWatch metrics, as lines of the logs
changes           what is logged and counted when an order has changed
http_requests     read the parts of a request, each as its model
cors              which pages may read the responses in a browser
http_responses    write the response of a route, errors included
handlers          @task and @route, the decorators that make Lambda handlers

Tasks, API handlers and operations import from here; nothing here imports them. Which state comes
after which is known in workflows/ alone.
"""
