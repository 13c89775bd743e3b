"""What an eventually consistent read shows of an execution, and when.

AWS says of DescribeExecution and ListExecutions: "This operation is eventually consistent. The
results are best effort and may not reflect very recent updates and changes." (API reference of
Step Functions). It names no time.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

MAX_SECONDS = 1.0
_OF_THE_END = ("stopDate", "output", "outputDetails", "error", "cause")


def delay(arn: str) -> float:
    """How many seconds late this execution's start and end are shown: 0 to MAX_SECONDS."""
    return Random(arn).uniform(0, MAX_SECONDS)  # noqa: S311  # chance, no secret


def is_shown(arn: str, started: float, now: float) -> bool:
    """Whether an execution that started at this time is shown; times are in seconds."""
    return now >= started + delay(arn)


def shown(execution: Mapping[str, Any], now: float) -> dict[str, Any] | None:
    """The execution as it is shown at this time; None while it is not.

    `execution` is as in DescribeExecution or ListExecutions, with times in seconds.
    """
    arn = execution["executionArn"]
    if not is_shown(arn, execution["startDate"], now):
        return None
    if "stopDate" not in execution or is_shown(arn, execution["stopDate"], now):
        return dict(execution)
    start = {name: value for name, value in execution.items() if name not in _OF_THE_END}
    return start | {"status": "RUNNING"}
