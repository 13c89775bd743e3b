import time
from pathlib import Path
from typing import Any

import pytest

from tests.local.small_stack import Running

pytestmark = pytest.mark.usefixtures("no_fault_left")


def test_faults_strike_in_order_each_its_number_of_times(cloud: Running) -> None:
    cloud.plan(
        {"kind": "raise", "error": "TooBad", "message": "boom", "times": 2},
        {"kind": "kill"},
        {"kind": "timeout", "after": 0.2},
    )
    errors = [cloud.act("count").get("errorType") for _ in range(5)]
    assert errors == ["TooBad", "TooBad", "Runtime.ExitError", "Sandbox.Timedout", None]


def test_a_timeout_comes_when_it_was_asked_for(cloud: Running) -> None:
    cloud.plan({"kind": "timeout", "after": 0.3})
    started = time.monotonic()
    answer = cloud.act("count")
    assert time.monotonic() - started >= 0.3
    assert answer["errorMessage"].endswith("Task timed out after 0.30 seconds")


@pytest.mark.parametrize("kind", ["raise", "kill", "timeout"])
def test_a_fault_afterwards_loses_only_the_answer(
    cloud: Running, tmp_path: Path, kind: str
) -> None:
    done, not_done = tmp_path / "done", tmp_path / "not done"
    cloud.plan({"kind": kind, "when": "after"}, {"kind": kind})
    assert "errorType" in cloud.act("touch", path=str(done))
    assert "errorType" in cloud.act("touch", path=str(not_done))
    assert (done.exists(), not_done.exists()) == (True, False)


def test_a_fault_may_strike_for_ever_until_it_is_taken_back(cloud: Running) -> None:
    cloud.plan({"kind": "raise", "times": None})
    assert {cloud.act("count").get("errorType") for _ in range(5)} == {"RuntimeError"}
    cloud.plan()
    assert "errorType" not in cloud.act("count")


def test_a_fault_strikes_its_function_alone(cloud: Running) -> None:
    cloud.plan({"kind": "raise"}, function="OtherFunction")
    assert "errorType" not in cloud.act("count")
    assert cloud.invoke("OtherFunction", {"do": "count"}).json()["errorType"] == "RuntimeError"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "flood"},
        {"kind": "raise", "times": 0},
        {"kind": "kill", "often": 1},
        {"kind": "raise", "where": ["order"]},
        {"kind": "drop", "when": "after"},
        {"kind": "throttle", "when": "before"},
    ],
)
def test_a_fault_that_does_not_exist_is_refused(cloud: Running, fault: dict[str, Any]) -> None:
    assert cloud.plan(fault).status_code == 400
    assert "errorType" not in cloud.act("count")


def test_an_unknown_function_has_no_faults(cloud: Running) -> None:
    assert cloud.plan({"kind": "kill"}, function="NoFunction").status_code == 404


def test_a_fault_strikes_only_the_events_it_names(cloud: Running) -> None:
    cloud.plan({"kind": "raise", "where": {"order": "A", "size": 2}, "times": None})
    assert "errorType" not in cloud.act("count")
    assert "errorType" not in cloud.act("count", order="A")
    assert "errorType" not in cloud.act("count", order="A", size=None)
    assert cloud.act("count", order="A", size=2, more=True)["errorType"] == "RuntimeError"


def test_a_missing_member_is_not_a_null(cloud: Running) -> None:
    cloud.plan({"kind": "raise", "where": {"order": None}})
    assert "errorType" not in cloud.act("count")
    assert cloud.act("count", order=None)["errorType"] == "RuntimeError"


def test_faults_for_other_events_stay_and_the_first_that_matches_strikes(cloud: Running) -> None:
    cloud.plan(
        {"kind": "raise", "error": "ForA", "where": {"order": "A"}},
        {"kind": "raise", "error": "ForAny"},
        {"kind": "raise", "error": "ForAToo", "where": {"order": "A"}},
    )
    errors = [cloud.act("count", order=order).get("errorType") for order in "BBAAA"]
    assert errors == ["ForAny", None, "ForA", "ForAToo", None]


def test_planning_more_leaves_what_was_planned(cloud: Running) -> None:
    cloud.plan_more({"kind": "raise", "error": "ForA", "where": {"order": "A"}})
    cloud.plan_more({"kind": "raise", "error": "ForB", "where": {"order": "B"}})
    assert cloud.act("count", order="B")["errorType"] == "ForB"
    assert cloud.act("count", order="A")["errorType"] == "ForA"
    cloud.plan_more({"kind": "raise", "times": None})
    cloud.plan()
    assert "errorType" not in cloud.act("count")
