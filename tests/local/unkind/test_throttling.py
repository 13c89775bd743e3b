"""Requests over quota, as boto3 sees them; the clock stands still."""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import boto3
import pytest
from botocore.exceptions import ClientError

from local.unkind.throttling import Throttling
from orders.aws_errors import CLIENT_CONFIG
from tests.local.unkind.test_token_bucket import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ARN = "arn:aws:states:us-east-1:123456789012:execution:Machine:an-order"
ONE_AT_ONCE = 1e-9
"""A scale at which each operation has one request, and gets no second one."""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


def an_application(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
    """Performs nothing, successfully."""
    start("200 OK", [("Content-Type", "application/x-amz-json-1.0")])
    return [b"{}" if "HTTP_X_AMZ_TARGET" in environ else b""]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws(clock: Clock) -> Iterator[Callable[[str], Any]]:
    """Clients like those of the functions."""
    throttling = Throttling(an_application, ONE_AT_ONCE, clock)
    with make_server("127.0.0.1", 0, throttling, handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield lambda service: boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=CLIENT_CONFIG,
        )
        server.shutdown()
        thread.join()


def refusal(call: Callable[[], object]) -> tuple[int, str, str, int]:
    """The error's status, code and message, and how often the client tried again."""
    with pytest.raises(ClientError) as raised:
        call()
    response, words = raised.value.response["ResponseMetadata"], raised.value.response["Error"]
    return response["HTTPStatusCode"], words["Code"], words["Message"], response["RetryAttempts"]


def test_step_functions_throttles_each_operation_and_the_client_tries_again(
    aws: Callable[[str], Any],
) -> None:
    engine = aws("stepfunctions")
    engine.describe_execution(executionArn=ARN)
    throttled = refusal(lambda: engine.describe_execution(executionArn=ARN))
    assert throttled == (400, "ThrottlingException", "Rate exceeded", 1)
    engine.get_execution_history(executionArn=ARN)


def test_s3_throttles_each_prefix_and_the_client_tries_again(aws: Callable[[str], Any]) -> None:
    s3 = aws("s3")
    s3.put_object(Bucket="bucket", Key="orders/2026/11/24/a", Body=b"")
    slowed = refusal(lambda: s3.put_object(Bucket="bucket", Key="orders/2026/11/24/b", Body=b""))
    assert slowed == (503, "SlowDown", "Please reduce your request rate.", 1)
    s3.put_object(Bucket="bucket", Key="orders/2026/11/25/a", Body=b"")


def test_an_operation_without_a_quota_is_never_throttled(aws: Callable[[str], Any]) -> None:
    engine = aws("stepfunctions")
    for _ in range(3):
        engine.list_state_machines()
