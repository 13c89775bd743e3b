"""EventBridge's schedules."""

from pathlib import Path

import pytest

from deployment import template
from deployment.errors import InvalidTemplate
from deployment.schedules import Schedule
from tests.deployment.small_template import TEXT, VALUES, read
from tests.local.small_stack import CLOUD


def scheduled(properties: str) -> str:
    """The small template, whose function has a schedule."""
    event = f"Events: {{E: {{Type: Schedule, Properties: {{{properties}}}}}}}\n      Handler:"
    return TEXT.replace("VALUE", "v").replace("Handler:", event)


def test_schedules_are_read_except_disabled_ones() -> None:
    assert template.read(CLOUD / "template.yaml", VALUES).schedules == [
        Schedule("TickFunction", 3600, '{"a": 1}'),
        Schedule("TickFunction", 2 * 86400, None),
    ]


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(5 minutes)", 300), ("rate(1 hour)", 3600), ("rate(10 days)", 864000)],
)
def test_a_rate_is_read_in_seconds(tmp_path: Path, expression: str, seconds: float) -> None:
    found = read(tmp_path, scheduled(f"Schedule: {expression}"))

    assert found.schedules == [Schedule("F", seconds, None)]


@pytest.mark.parametrize(
    "expression", ["cron(0 12 * * ? *)", "rate(0 minutes)", "rate(1 second)", "at(2026-11-22)"]
)
def test_a_schedule_that_is_no_rate_is_named(tmp_path: Path, expression: str) -> None:
    with pytest.raises(InvalidTemplate, match="only rate") as failure:
        read(tmp_path, scheduled(f"Schedule: '{expression}'"))
    assert expression in str(failure.value)


def test_an_input_that_is_not_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTemplate, match="whose Input is no JSON"):
        read(tmp_path, scheduled("Schedule: rate(1 hour), Input: '{'"))
