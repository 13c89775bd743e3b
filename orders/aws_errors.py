"""What the clients of all AWS services share: timeouts, and AWS's errors as OrderErrors."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orders.errors import NotPermitted, OrderError, Unavailable

CLIENT_CONFIG = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)
"""One attempt takes up to 4 s (1 s to connect, 3 s to read). Two attempts fit into a function's
timeout of 10 s, three would not. Further retries are made by the state machine, or by the API's
caller."""

HASTY_CONFIG = CLIENT_CONFIG.merge(Config(read_timeout=1))
"""For Secrets Manager: reading the secret and then connecting to the database must fit into one
timeout."""

ONE_ATTEMPT = CLIENT_CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
"""For reads with a small quota. When one is throttled, the API's caller is told to try again later.
A request that makes several such reads fits into its function's timeout."""

_NOT_PERMITTED = ("AccessDenied", "AccessDeniedException", "403")
"""S3's code, the other services', and that of S3's answer to HEAD, which has no body."""


@contextmanager
def aws_errors_as(
    unavailable: Callable[[str], Unavailable],
    by_code: Mapping[str, type[OrderError]] | None = None,
) -> Iterator[None]:
    """Raise AWS's errors as OrderErrors, without AWS's messages, which may quote hosts and keys.

    `by_code` maps AWS error codes to the errors to raise. A call that the function's role does not
    allow is raised as NotPermitted, any other error as `unavailable`, with the AWS error code or
    the name of the client's error.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        if code in _NOT_PERMITTED:
            raise NotPermitted(error.operation_name) from error
        if by_code and code in by_code:
            raise by_code[code] from error
        raise unavailable(code) from error
    except BotoCoreError as error:
        raise unavailable(type(error).__name__) from error
