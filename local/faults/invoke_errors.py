"""The errors with which Lambda's Invoke refuses an invocation, before any handler runs."""

from functools import cache

from botocore.loaders import Loader
from botocore.model import ServiceModel


class InvokeRefused(Exception):
    """Lambda refuses the invocation with this error of its own."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.status = statuses()[error]


@cache
def statuses() -> dict[str, int]:
    """The HTTP status of each error that AWS's API model declares for Invoke."""
    model = ServiceModel(Loader().load_service_model("lambda", "service-2"))
    errors = model.operation_model("Invoke").error_shapes
    return {each.name: int(each.metadata["error"]["httpStatusCode"]) for each in errors}


def known(error: str) -> str:
    """The error's name. Raises ValueError when AWS declares no such error for Invoke."""
    if error not in statuses():
        raise ValueError(f"Lambda's Invoke has no error {error}; it has {', '.join(statuses())}")
    return error
