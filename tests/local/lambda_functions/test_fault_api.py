from pathlib import Path

from starlette.testclient import TestClient

from local.lambda_functions.invoke_api import InvokeApi
from local.lambda_functions.runtime import Runtime
from tests.local.in_process import ACT
from tests.local.lambda_client import LambdaClient


def test_an_unknown_fault_is_refused_and_nothing_is_planned(lambdas: LambdaClient) -> None:
    assert lambdas.plan({"kind": "flood"}).status_code == 400
    assert "errorType" not in lambdas.act("count")


def test_an_unknown_function_has_no_faults(lambdas: LambdaClient) -> None:
    assert lambdas.plan({"kind": "kill"}, function="NoFunction").status_code == 404


def test_planned_faults_are_triggered_in_order(lambdas: LambdaClient) -> None:
    lambdas.plan(
        {"kind": "raise", "error": "TooBad", "message": "boom", "times": 2},
        {"kind": "kill"},
        {"kind": "timeout", "after": 0.2},
    )
    errors = [lambdas.act("count").get("errorType") for _ in range(5)]
    assert errors == ["TooBad", "TooBad", "Runtime.ExitError", "Sandbox.Timedout", None]


def test_a_fault_is_triggered_in_its_own_function_alone(lambdas: LambdaClient) -> None:
    lambdas.plan({"kind": "raise"}, function="OtherFunction")
    assert "errorType" not in lambdas.act("count")
    assert lambdas.invoke("OtherFunction", {"do": "count"}).json()["errorType"] == "RuntimeError"


def test_a_fault_is_triggered_only_by_the_events_that_it_names(lambdas: LambdaClient) -> None:
    lambdas.plan({"kind": "raise", "error": "ForA", "where": {"order": "A"}, "times": None})
    assert "errorType" not in lambdas.act("count", order="B")
    assert lambdas.act("count", order="A")["errorType"] == "ForA"


def test_put_replaces_faults_and_post_adds_to_them(lambdas: LambdaClient) -> None:
    lambdas.plan({"kind": "raise", "error": "Replaced", "times": None})
    lambdas.plan({"kind": "raise", "error": "First"})
    lambdas.plan_more({"kind": "raise", "error": "Second"})
    errors = [lambdas.act("count").get("errorType") for _ in range(3)]
    assert errors == ["First", "Second", None]


def test_the_remaining_faults_are_reported(lambdas: LambdaClient) -> None:
    lambdas.plan({"kind": "raise", "times": 3})
    lambdas.act("count")
    report = lambdas.http.get("/faults").json()
    (fault,) = report["planned"]["ActFunction"]
    assert (fault["kind"], fault["times"]) == ("raise", 2)
    lambdas.clear_faults()
    assert lambdas.http.get("/faults").json() == {"held": {}, "running": {}, "planned": {}}


def test_without_the_option_there_are_no_faults_to_plan(tmp_path: Path) -> None:
    app = InvokeApi(Runtime([ACT], tmp_path), with_faults=False).app
    assert TestClient(app).put("/faults/Act", json=[{"kind": "kill"}]).status_code == 404
