from pathlib import Path

import pytest

from tests.local.lambda_client import LambdaClient
from tests.local.small_stack import lines
from tests.running.waiting import eventually


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:lambda:us-east-1:123456789012:function:ActFunction",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3AActFunction%3A%24LATEST",
        "123456789012:function:ActFunction",
        "ActFunction:$LATEST",
    ],
)
def test_a_function_is_invoked_by_its_name_or_its_arn(lambdas: LambdaClient, name: str) -> None:
    assert lambdas.invoke(name, {"do": "count"}).json()["calls"] > 0


def test_wrong_invocations_are_refused_as_aws_does(lambdas: LambdaClient) -> None:
    unknown = lambdas.invoke("NoFunction", {})
    error = unknown.headers["x-amzn-errortype"]
    assert (unknown.status_code, error) == (404, "ResourceNotFoundException")
    url = lambdas.url + "/2015-03-31/functions/ActFunction/invocations"
    not_json = lambdas.http.post(url, content=b"{")
    assert not_json.headers["x-amzn-errortype"] == "InvalidRequestContentException"
    too_big = lambdas.http.post(url, content=b" " * 6_300_000)
    assert too_big.status_code == 413


def test_an_asynchronous_event_is_accepted_before_it_runs_and_a_dry_run_runs_nothing(
    lambdas: LambdaClient, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    event = {"do": "touch", "path": str(file)}
    dry = lambdas.invoke("ActFunction", event, **{"x-amz-invocation-type": "DryRun"})
    later = lambdas.invoke("ActFunction", event, **{"x-amz-invocation-type": "Event"})
    assert (dry.status_code, later.status_code, later.content) == (204, 202, b"")

    def ran() -> None:
        assert lines(file) == 1

    eventually(ran)
