"""The secret of one run of the local cloud, without which its services answer nobody.

botocore sends AWS_SESSION_TOKEN with every request, as it does in a deployed function. So whoever
has the stack's settings has the secret: the functions, moto's engine, operators and tests.
"""

import hmac
import secrets

HEADER = "x-amz-security-token"
VARIABLE = "AWS_SESSION_TOKEN"
MESSAGE = "The security token included in the request is invalid."
"""AWS's words for a wrong one."""


def new() -> str:
    """A token for one run."""
    return secrets.token_urlsafe()


def matches(sent: str, token: str) -> bool:
    """Whether the token that was sent is this one; the time it takes tells nothing of it."""
    return hmac.compare_digest(sent.encode(), token.encode())
