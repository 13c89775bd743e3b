"""IAM: who may call a local service, and what the caller's role allows.

session_token   the secret of one run, without which no service answers
web_pages       tells requests of web pages from those of programs
moto_guard      refuses callers without the secret, and web pages, in front of moto

With `scripts/up --unkind`:

callers         finds out who calls by the access key, and refuses in AWS's own words
permissions     the IAM action and resource that a request to AWS needs
access_control  refuses requests in front of moto
role_file       hands the roles over to moto's process

The roles are those of template.yaml, read and evaluated by deployment/roles.py and
deployment/policies.py. The Lambda address, local/lambda_functions, asks `callers`, `session_token`
and `web_pages` itself. Of ours,
this package imports deployment, local/aws_requests.py and local/aws_responses.py only.
"""
