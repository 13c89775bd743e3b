"""Makes moto eventually consistent and throttling, for `scripts/up --unkind` (docs/engines.md).

quotas                how many requests AWS allows, with the pages that say so
token_bucket          counts the requests of one quota
throttling            refuses requests over quota, in front of moto
visibility            what an eventually consistent read shows of an execution, and when
eventual_consistency  shows executions late, in front of moto

Of ours, this package imports local/aws_requests.py and local/aws_responses.py only.
"""
