"""What an invocation gives back, and what Lambda says when it gives back nothing."""

import json
import signal
from typing import NamedTuple

ANSWER_BYTES = 6_291_556  # Lambda's limit for a synchronous answer


class Answer(NamedTuple):
    """What an invocation gave: JSON, and whether it is an error document."""

    payload: bytes
    failed: bool = False


def failure(error: str, message: str) -> Answer:
    """An error of the runtime's own."""
    document = {"errorType": error, "errorMessage": message}
    return Answer(json.dumps(document).encode(), failed=True)


def within_limits(answer: Answer) -> Answer:
    """The answer, unless it is too big to be one."""
    if len(answer.payload) <= ANSWER_BYTES:
        return answer
    message = f"Response payload size exceeded maximum allowed payload size ({ANSWER_BYTES} bytes)."
    return failure("Function.ResponseSizeTooLarge", message)


def exited(code: int | None) -> str:
    """How a process ended, as Lambda says it."""
    if code == 0:
        return "Runtime exited without providing a reason"
    if code is None or code > 0:
        return f"Runtime exited with error: exit status {code}"
    return f"Runtime exited with error: signal: {str(signal.strsignal(-code)).lower()}"


def timed_out(limit: float) -> str:
    """How a timeout is told; in seconds."""
    return f"Task timed out after {limit:.2f} seconds"
