"""Makes an abort and a timeout end an execution at once and for good, as on AWS.

moto's engine notes an abort only when the task that runs at that moment comes back, and
takes it, or a timeout, for a failure when that task then fails. An operator who stops an
execution must see it ABORTED, and so must the reconciler.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker


def install() -> None:
    """Put it in the place of moto's own, for this process."""
    for name in ("set_error", "set_timed_out"):
        setattr(Environment, name, _while_running(getattr(Environment, name)))
    for cls, name, instead in (
        (ExecutionWorker, "stop", _stop),
        (BaseExecutionWorkerCommunication, "terminated", _terminated),
    ):
        setattr(cls, name, instead)


def _while_running(original: Callable[..., None]) -> Callable[..., None]:
    def once(environment: Environment, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        if environment.is_running():
            original(environment, *arguments, **named)

    return once


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
