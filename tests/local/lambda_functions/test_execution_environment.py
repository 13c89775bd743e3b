import json
from pathlib import Path

import pytest

from local.environment import with_lambda_variables
from tests.local.in_process import lambda_functions, small_template
from tests.local.lambda_client import LambdaClient

pytestmark = pytest.mark.usefixtures("starts_a_stack")  # worker processes


def test_an_exception_is_reported_by_its_class_name(lambdas: LambdaClient) -> None:
    response = lambdas.invoke("ActFunction", {"do": "fail", "message": "short of 3"})
    assert (response.status_code, response.headers["x-amz-function-error"]) == (200, "Unhandled")
    assert response.json()["errorType"] == "TooLittle"
    assert response.json()["errorMessage"] == "short of 3"
    assert "cloud_functions.py" in response.json()["stackTrace"][-1]


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        ("Broken", "Runtime.ImportModuleError", "Unable to import module 'cloud_broken'"),
        ("Raising", "ValueError", "DB_HOST is not set"),
        ("Missing", "Runtime.HandlerNotFound", "Handler 'nothing' missing on module"),
    ],
)
def test_a_handler_that_cannot_be_imported_is_reported_for_every_event(
    lambdas: LambdaClient, function: str, error: str, message: str
) -> None:
    for _ in range(2):
        result = lambdas.invoke(f"{function}Function", {}).json()
        assert result["errorType"] == error
        assert message in result["errorMessage"]


def test_a_result_that_is_not_json_is_a_marshal_error(lambdas: LambdaClient) -> None:
    assert lambdas.act("decimal")["errorType"] == "Runtime.MarshalError"
    assert lambdas.act("count")["calls"] > 0


def test_results_may_be_as_large_as_lambda_allows(lambdas: LambdaClient) -> None:
    """OtherFunction has more time than ActFunction."""
    big = lambdas.invoke("OtherFunction", {"do": "big", "size": 6_000_000})
    assert len(big.json()) == 6_000_000
    too_big = lambdas.invoke("OtherFunction", {"do": "big", "size": 6_300_000})
    assert too_big.json()["errorType"] == "Function.ResponseSizeTooLarge"


def test_text_is_not_changed_on_its_way_to_the_worker_and_back(lambdas: LambdaClient) -> None:
    text = "\u0000 \ud800 ü 🜁 \n"
    body = json.dumps({"do": "fail", "message": text})
    url = lambdas.url + "/2015-03-31/functions/ActFunction/invocations"
    assert lambdas.http.post(url, content=body).json()["errorMessage"] == text


def test_the_context_has_lambdas_attributes(lambdas: LambdaClient) -> None:
    response = lambdas.invoke("ActFunction", {"do": "context"})
    context = response.json()
    assert context["function_name"] == "ActFunction"
    assert context["function_version"] == "1"
    assert context["memory_limit_in_mb"] == 128
    assert context["aws_request_id"] == response.headers["x-amzn-requestid"]
    assert context["invoked_function_arn"].endswith(":123456789012:function:ActFunction:1")
    assert 0 < context["remaining"] <= 1000


def test_the_environment_is_the_templates_and_not_the_users(
    tmp_path: Path,
) -> None:
    """Of the user's environment, a worker has no more than three variables."""
    settings = {"DB_HOST": "the host", "AWS_REGION": "a region", "S3_BUCKET": "the bucket"}
    with lambda_functions(tmp_path, settings) as with_settings:
        environment = with_settings.act("environment")
    assert environment["OWN"] == "of act"
    assert environment["DB_HOST"] == "the host"
    assert environment["S3_BUCKET"] == "the bucket"
    assert environment["AWS_REGION"] == "a region"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "ActFunction"
    function = small_template(settings).functions["ActFunction"]
    own = with_lambda_variables(function, settings).environment
    assert set(environment) - set(own) <= {"HOME", "LANG", "PATH"}


def test_a_handlers_output_is_in_its_functions_log(tmp_path: Path) -> None:
    with lambda_functions(tmp_path, {}) as lambdas:
        lambdas.act("say", text="printed by the handler")
        assert "printed by the handler" in (tmp_path / "ActFunction.log").read_text()


def test_an_error_that_the_handler_did_not_log_is_logged_on_one_line(tmp_path: Path) -> None:
    with lambda_functions(tmp_path, {}) as lambdas:
        lambdas.invoke("ActFunction", {"do": "fail", "message": "two\nlines"})
        (line,) = (tmp_path / "ActFunction.log").read_text().splitlines()

    logged = json.loads(line)
    assert (logged["level"], logged["errorMessage"]) == ("ERROR", "two\nlines")
    assert "raise" in logged["stackTrace"][-1]
