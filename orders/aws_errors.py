"""What Step Functions and S3 have in common: tight time-outs, and errors in the domain's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orders.errors import BackupUnavailable, ExecutionNotFound, WorkflowUnavailable

CLIENT_CONFIG = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)
"""Two attempts of at most 4 s fit into a function's 10 s, three would not. Whoever called the
function retries after that."""


@contextmanager
def aws_errors_as(
    unavailable: type[BackupUnavailable | WorkflowUnavailable], not_found: tuple[str, ...] = ()
) -> Iterator[None]:
    """Translate AWS's errors: its own messages may quote hosts and keys.

    The error codes in `not_found` become ExecutionNotFound, all others `unavailable`, with the
    code as its reason.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        raise (ExecutionNotFound() if code in not_found else unavailable(code)) from error
    except BotoCoreError as error:
        raise unavailable(type(error).__name__) from error
