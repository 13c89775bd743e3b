"""The handler's second argument: what Lambda tells it about the function and the invocation."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class LambdaContext:
    """AWS's attributes, and `deadline`: when the invocation is killed, in seconds since 1970."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    aws_request_id: str
    log_group_name: str
    log_stream_name: str
    deadline: float
    function_version: str = "1"
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is killed, never below 0."""
        return max(0, int((self.deadline - time.time()) * 1000))
