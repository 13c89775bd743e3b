import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local.running import Running


@pytest.fixture(autouse=True)
def _no_fault_left(cloud: Running) -> Iterator[None]:
    yield
    assert cloud.http.delete(cloud.stack["lambda_url"] + "/faults").status_code == 204


def plan(cloud: Running, *faults: dict[str, Any], function: str = "ActFunction") -> httpx.Response:
    return cloud.http.put(f"{cloud.stack['lambda_url']}/faults/{function}", json=faults)


def test_faults_strike_in_order_each_its_number_of_times(cloud: Running) -> None:
    plan(
        cloud,
        {"kind": "raise", "error": "TooBad", "message": "boom", "times": 2},
        {"kind": "kill"},
        {"kind": "timeout", "after": 0.2},
    )
    errors = [cloud.act("count").get("errorType") for _ in range(5)]
    assert errors == ["TooBad", "TooBad", "Runtime.ExitError", "Sandbox.Timedout", None]


def test_a_timeout_comes_when_it_was_asked_for(cloud: Running) -> None:
    plan(cloud, {"kind": "timeout", "after": 0.3})
    started = time.monotonic()
    answer = cloud.act("count")
    assert time.monotonic() - started >= 0.3
    assert answer["errorMessage"].endswith("Task timed out after 0.30 seconds")


@pytest.mark.parametrize("kind", ["raise", "kill", "timeout"])
def test_a_fault_afterwards_loses_only_the_answer(
    cloud: Running, tmp_path: Path, kind: str
) -> None:
    done, not_done = tmp_path / "done", tmp_path / "not done"
    plan(cloud, {"kind": kind, "when": "after"}, {"kind": kind})
    assert "errorType" in cloud.act("touch", path=str(done))
    assert "errorType" in cloud.act("touch", path=str(not_done))
    assert (done.exists(), not_done.exists()) == (True, False)


def test_a_fault_may_strike_for_ever_until_it_is_taken_back(cloud: Running) -> None:
    plan(cloud, {"kind": "raise", "times": None})
    assert {cloud.act("count").get("errorType") for _ in range(5)} == {"RuntimeError"}
    plan(cloud)
    assert "errorType" not in cloud.act("count")


def test_a_fault_strikes_its_function_alone(cloud: Running) -> None:
    plan(cloud, {"kind": "raise"}, function="OtherFunction")
    assert "errorType" not in cloud.act("count")
    assert cloud.invoke("OtherFunction", {"do": "count"}).json()["errorType"] == "RuntimeError"


@pytest.mark.parametrize(
    "fault", [{"kind": "flood"}, {"kind": "raise", "times": 0}, {"kind": "kill", "often": 1}]
)
def test_a_fault_that_does_not_exist_is_refused(cloud: Running, fault: dict[str, Any]) -> None:
    assert plan(cloud, fault).status_code == 400
    assert "errorType" not in cloud.act("count")


def test_an_unknown_function_has_no_faults(cloud: Running) -> None:
    assert plan(cloud, {"kind": "kill"}, function="NoFunction").status_code == 404
