"""The local cloud: the deployed system's services, embedded, for one machine.

`python -m local` starts PostgreSQL, S3 and Step Functions (moto), a Lambda
runtime and an API Gateway front, all described by template.yaml.
"""
