"""The line in gateway.log for a request that no function answered.

A function logs the requests that it answers itself, in its own log and in the same form.
"""

import logging
import time

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)


def write_json(logger: logging.Logger) -> None:
    """From now on, what the logger's handlers write is JSON lines, as the functions log them."""
    order = ["timestamp", "level", "message", "request_id", "order_id"]
    for handler in logger.handlers:
        handler.setFormatter(
            LambdaPowertoolsFormatter(utc=True, use_rfc3339=True, log_record_order=order)
        )


def request_without_function(
    request_id: str, status: int, began: float, reason: str, **known: str | None
) -> None:
    """Log one request. `began` is from time.monotonic(); `reason` is a sentence of ours.

    `known` are route, order_id and key_id, as far as the request was read. An order id is as the
    client sent it, percent-encoded: JSON keeps it within its line.
    """
    fields = {
        "source": "gateway",
        "request_id": request_id,
        "route": known.get("route"),
        "status": status,
        "ms": round((time.monotonic() - began) * 1000, 1),
        "order_id": known.get("order_id"),
        "key_id": known.get("key_id"),
        "reason": reason,
    }
    _log.info("request", extra=fields)
