"""Patches moto: an abort or a timeout ends an execution at once and for good, as on AWS.

moto's engine notices an abort only when the running task returns. If that task then fails, moto
records a failure in place of the abort or the timeout. An operator who stops an execution must
see it ABORTED, and so must the reconciler.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker


def install() -> None:
    """Patch moto in this process."""
    for name in ("set_error", "set_timed_out"):
        setattr(Environment, name, _only_while_running(getattr(Environment, name)))
    for cls, name, replacement in (
        (ExecutionWorker, "stop", _stop),
        (BaseExecutionWorkerCommunication, "terminated", _terminated),
    ):
        setattr(cls, name, replacement)


def _only_while_running(original: Callable[..., None]) -> Callable[..., None]:
    def set_if_running(environment: Environment, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        if environment.is_running():
            original(environment, *arguments, **named)

    return set_if_running


def _stop(
    self: Any,  # noqa: ANN401 - an ExecutionWorker
    stop_date: dt.datetime,
    error: str | None,
    cause: str | None,
) -> None:
    self.env.set_stop(stop_date=stop_date, cause=cause, error=error)
    self._execution_communication.terminated()


def _terminated(self: Any) -> None:  # noqa: ANN401 - a BaseExecutionWorkerCommunication
    if self.execution.exec_status == ExecutionStatus.RUNNING:
        self._reflect_execution_status()
