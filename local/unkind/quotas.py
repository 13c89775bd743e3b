"""How many requests AWS allows before it throttles, for each operation that we call.

The numbers are AWS's defaults for an account in us-east-1, us-west-2 or eu-west-1, read on
2026-11-24. Other regions allow less: StartExecution 800 and 150, DescribeExecution 250 and 10,
ListExecutions 100 and 2, StopExecution 500 and 25.

Step Functions:  docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html,
                 "Quotas related to API action throttling"
S3:              docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html,
                 which counts the requests of each prefix, and names no bucket size
Secrets Manager: docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html,
                 which names no bucket size either

Lambda's quota is its concurrency: local/lambda_functions/concurrency_limit.py.
"""

from typing import NamedTuple


class Quota(NamedTuple):
    """A token bucket: how many requests at once, and how many a second after that."""

    bucket_size: float
    per_second: float

    def scaled(self, factor: float) -> "Quota":
        """The quota multiplied by this. One request at once is always allowed."""
        return Quota(max(1, self.bucket_size * factor), self.per_second * factor)


STEP_FUNCTIONS = {
    "StartExecution": Quota(1_300, 300),
    "DescribeExecution": Quota(300, 15),
    "GetExecutionHistory": Quota(400, 20),
    "ListExecutions": Quota(200, 5),
    "StopExecution": Quota(1_000, 200),
}
S3_WRITES, S3_READS = Quota(3_500, 3_500), Quota(5_500, 5_500)
S3 = {
    "PutObject": S3_WRITES,
    "GetObject": S3_READS,
    "HeadObject": S3_READS,
    "ListObjectsV2": S3_READS,
}
SECRETS_MANAGER = {"GetSecretValue": Quota(10_000, 10_000)}
QUOTAS = STEP_FUNCTIONS | S3 | SECRETS_MANAGER
