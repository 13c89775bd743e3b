"""The line in gateway.log for a request that no function answered.

A function logs the requests that it answers itself, in its own log and in the same form.
"""

import logging
import time

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)


def write_json() -> None:
    """From now on, this process logs JSON lines, as the functions do."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(LambdaPowertoolsFormatter(utc=True))


def request_without_function(
    request_id: str,
    status: int,
    began: float,
    *,
    route: str | None = None,
    order_id: str | None = None,
    key_id: str | None = None,
    error: str,
) -> None:
    """Log one request. `began` is from time.monotonic(); `error` is a sentence of ours.

    An order id is as the client sent it, and percent-encoded. JSON keeps it within its line.
    """
    fields = {
        "source": "gateway",
        "request_id": request_id,
        "route": route,
        "status": status,
        "ms": round((time.monotonic() - began) * 1000, 1),
        "order_id": order_id,
        "key_id": key_id,
        "error": error,
    }
    _log.info("request", extra=fields)
