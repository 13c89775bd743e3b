"""Patches moto: an abort or a timeout ends an execution at once and for good, as on AWS.

moto's engine notices an abort only when the running task returns. If that task then fails, moto
records a failure in place of the abort or the timeout. An operator who stops an execution must
see it ABORTED, and so must the reconciler. The end is the last event of the history, also when a
task returns after it.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

_ENDS = (
    HistoryEventType.ExecutionSucceeded,
    HistoryEventType.ExecutionFailed,
    HistoryEventType.ExecutionTimedOut,
    HistoryEventType.ExecutionAborted,
)


def install() -> None:
    """Patch moto in this process."""
    for cls, name, replacement in (
        (Environment, "set_error", _only_while_running(Environment.set_error)),
        (Environment, "set_timed_out", _only_while_running(_timed_out(Environment.set_timed_out))),
        (EventManager, "_publish_history_event", _only_before_the_end),
        (ExecutionWorker, "stop", _stop),
        (BaseExecutionWorkerCommunication, "terminated", _terminated),
    ):
        setattr(cls, name, replacement)


def _only_while_running(original: Callable[..., None]) -> Callable[..., None]:
    def set_if_running(environment: Environment, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        if environment.is_running():
            original(environment, *arguments, **named)

    return set_if_running


def _timed_out(original: Callable[..., None]) -> Callable[..., None]:
    def set_timed_out(environment: Environment) -> None:
        original(environment)
        _add_end(environment, HistoryEventType.ExecutionTimedOut)

    return set_timed_out


def _add_end(environment: Environment, event: HistoryEventType) -> None:
    environment.event_manager.add_event(environment.event_history_context, event)


_publish = EventManager._publish_history_event  # noqa: SLF001 - moto has no public way


def _only_before_the_end(self: Any, **event: Any) -> None:  # noqa: ANN401 - an EventManager
    history = self._history_event_list
    if not (history and history[-1]["type"] in _ENDS):
        _publish(self, **event)


def _stop(
    self: Any,  # noqa: ANN401 - an ExecutionWorker
    stop_date: dt.datetime,
    error: str | None,
    cause: str | None,
) -> None:
    self.env.set_stop(stop_date=stop_date, cause=cause, error=error)
    if isinstance(self.env.program_state(), ProgramStopped):
        _add_end(self.env, HistoryEventType.ExecutionAborted)
    self._execution_communication.terminated()


def _terminated(self: Any) -> None:  # noqa: ANN401 - a BaseExecutionWorkerCommunication
    if self.execution.exec_status == ExecutionStatus.RUNNING:
        self._reflect_execution_status()
