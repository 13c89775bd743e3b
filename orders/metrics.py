"""The metrics, in CloudWatch's embedded metric format: lines of JSON in the functions' logs.

CloudWatch makes metrics of them, in the namespace `OrderManagement`. docs/operating.md, "Metrics",
lists them. A line is written as soon as its metric is known, also when
POWERTOOLS_LOG_LEVEL hides the others.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from time import monotonic

from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from orders.logs import logger
from orders.settings import on_lambda

NAMESPACE = "OrderManagement"
LEAST_WAIT = 0.02
"""In seconds: whoever finds the order at the first look has not waited."""
_AS_THE_LOGGERS = (",", ":")
"""Lines of several logs can be sorted as they are, when they all begin in the same way."""
_OF_THE_LOG = ("request_id", "order_id", "function_name")


def count(name: str, **dimensions: str) -> None:
    """Count one. Each metric is also published without `dimensions`, in total.

    Each value of a dimension makes a metric of its own, so it must have few values.
    """
    _write(name, 1, "Count", dimensions)


def measure(name: str, milliseconds: float, **dimensions: str) -> None:
    """Record how long something took."""
    _write(name, round(milliseconds), "Milliseconds", dimensions)


@contextmanager
def wait() -> Iterator[None]:
    """Record how long a request waits inside the context, by function, if it waits at all."""
    began = monotonic()
    try:
        yield
    finally:
        waited = monotonic() - began
        if waited >= LEAST_WAIT:
            name = str(logger.get_current_keys().get("function_name"))
            measure("Waits", waited * 1000, function_name=name)


def _write(name: str, value: float, unit: str, dimensions: dict[str, str]) -> None:
    """Commands write no metrics, because nobody reads these from their output."""
    if not on_lambda():
        return
    metric = AmazonCloudWatchEMFProvider(namespace=NAMESPACE, service=logger.service)
    metric.add_dimension("service", logger.service)
    if dimensions:
        metric.add_dimensions(service=logger.service, **dimensions)
    metric.add_metric(name, unit, value)
    keys = logger.get_current_keys()
    line = {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "message": "metric",
        **{key: keys[key] for key in _OF_THE_LOG if keys.get(key)},
        **metric.serialize_metric_set(),
    }
    with suppress(OSError):  # the disk may be full, and the order has changed all the same
        sys.stdout.write(json.dumps(line, separators=_AS_THE_LOGGERS) + "\n")
        sys.stdout.flush()
