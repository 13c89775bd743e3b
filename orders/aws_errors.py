"""What Step Functions and S3 have in common: tight time-outs, and errors in the domain's words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orders.errors import BackupUnavailable, OrderError, WorkflowUnavailable

CLIENT_CONFIG = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)
"""Two attempts of at most 4 s fit into a function's 10 s, three would not. Whoever called the
function retries after that."""


@contextmanager
def aws_errors_as(
    unavailable: type[BackupUnavailable | WorkflowUnavailable],
    by_code: Mapping[str, type[OrderError]] | None = None,
) -> Iterator[None]:
    """Translate AWS's errors: its own messages may quote hosts and keys.

    The error codes in `by_code` become its errors, all others `unavailable`, with the code as its
    reason.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        if by_code and code in by_code:
            raise by_code[code] from error
        raise unavailable(code) from error
    except BotoCoreError as error:
        raise unavailable(type(error).__name__) from error
