"""What a read shows of an execution that started at 100 s, and ended at 200 s."""

from typing import Any

import pytest

from local.unkind.visibility import MAX_SECONDS, delay, shown

ARN = "arn:aws:states:us-east-1:123456789012:execution:Machine:an-order"
LATE = delay(ARN)
STARTED = {"executionArn": ARN, "name": "an-order", "startDate": 100.0}
RUNNING = STARTED | {"status": "RUNNING"}
SUCCEEDED = STARTED | {"status": "SUCCEEDED", "stopDate": 200.0, "output": "{}"}
FAILED = STARTED | {"status": "FAILED", "stopDate": 200.0, "error": "Oh", "cause": "no"}


@pytest.mark.parametrize(
    ("execution", "now", "seen"),
    [
        (RUNNING, 100 + LATE / 2, None),
        (RUNNING, 100 + LATE, RUNNING),
        (SUCCEEDED, 200 + LATE / 2, RUNNING),
        (SUCCEEDED, 200 + LATE, SUCCEEDED),
        (FAILED, 200 + LATE / 2, RUNNING),
        (FAILED, 200 + LATE, FAILED),
        (FAILED | {"startDate": 200.0}, 200 + LATE / 2, None),
    ],
)
def test_an_execution_starts_and_ends_late(
    execution: dict[str, Any], now: float, seen: dict[str, Any] | None
) -> None:
    assert shown(execution, now) == seen


def test_each_execution_is_late_in_its_own_way_and_none_more_than_a_second() -> None:
    delays = [delay(f"{ARN}-{number}") for number in range(1000)]
    assert len(set(delays)) == 1000
    assert 0 <= min(delays) < 0.05
    assert 0.95 < max(delays) <= MAX_SECONDS == 1
