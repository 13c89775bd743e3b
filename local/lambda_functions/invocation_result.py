"""What an invocation takes and returns at most, and the error documents of Lambda's own errors."""

import json
import signal
from typing import NamedTuple

EVENT_BYTES = 6_291_456  # Lambda's limit for the event of a synchronous invocation
RESULT_BYTES = 6_291_556  # Lambda's limit for the result of a synchronous invocation


class InvocationResult(NamedTuple):
    """The handler's result as JSON; if it `failed`, an error document."""

    payload: bytes
    failed: bool = False


def failure(error: str, message: str) -> InvocationResult:
    """The error document of an error that Lambda itself reports."""
    document = {"errorType": error, "errorMessage": message}
    return InvocationResult(json.dumps(document).encode(), failed=True)


def within_limits(result: InvocationResult) -> InvocationResult:
    """The result, or an error if it is too big."""
    if len(result.payload) <= RESULT_BYTES:
        return result
    message = f"Response payload size exceeded maximum allowed payload size ({RESULT_BYTES} bytes)."
    return failure("Function.ResponseSizeTooLarge", message)


def describe_exit(code: int | None) -> str:
    """How a process ended, in Lambda's words."""
    if code == 0:
        return "Runtime exited without providing a reason"
    if code is None or code > 0:
        return f"Runtime exited with error: exit status {code}"
    return f"Runtime exited with error: signal: {str(signal.strsignal(-code)).lower()}"


def describe_timeout(seconds: float) -> str:
    """That an invocation took longer than this, in Lambda's words."""
    return f"Task timed out after {seconds:.2f} seconds"
