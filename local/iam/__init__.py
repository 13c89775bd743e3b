"""IAM: who calls a local service, and what the caller's role allows, for `scripts/up --unkind`.

callers         finds out who calls by the access key, and refuses in AWS's own words
permissions     the IAM action and resource that a request to AWS needs
access_control  refuses requests in front of moto
role_file       hands the roles over to moto's process

The roles are those of template.yaml, read and evaluated by deployment/roles.py and
deployment/policies.py. The Invoke API of local/lambda_functions asks `callers` itself. Of ours,
this package imports deployment, local/aws_requests.py and local/aws_responses.py only.
"""
