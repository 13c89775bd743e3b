import json

import pytest

from local.lambda_functions.invocation_result import (
    RESULT_BYTES,
    InvocationResult,
    describe_exit,
    describe_timeout,
    within_limits,
)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "Runtime exited with error: signal: killed"),
        (3, "Runtime exited with error: exit status 3"),
        (None, "Runtime exited with error: exit status None"),
        (0, "Runtime exited without providing a reason"),
    ],
)
def test_an_exit_is_described_in_lambdas_words(code: int | None, words: str) -> None:
    assert describe_exit(code) == words


def test_a_timeout_is_described_in_lambdas_words() -> None:
    assert describe_timeout(1) == "Task timed out after 1.00 seconds"


def test_a_result_above_lambdas_limit_is_an_error() -> None:
    largest = InvocationResult(b"x" * RESULT_BYTES)
    assert within_limits(largest) is largest
    too_large = within_limits(InvocationResult(b"x" * (RESULT_BYTES + 1)))
    assert too_large.failed
    assert json.loads(too_large.payload)["errorType"] == "Function.ResponseSizeTooLarge"
