"""The functions in this process, and what an operator does with them.

Step Functions is moto's, which runs no state machine. A test ends an execution by hand, in any
status and after any state, and lets something happen while one of our modules asks AWS.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
import pytest
from moto.backends import get_backend

from operations.audit import Window
from operations.doctor.__main__ import main as doctor
from operations.doctor.examination import examine
from operations.reconciler.__main__ import main as reconciler
from orders import step_functions
from orders.settings import database_settings, settings
from tests.running.builders import Document, a_line
from tests.running.definition import FORWARD
from tests.running.in_process import BUCKET, InProcess
from tests.running.walking import TaskFailed, failing

AT_ONCE = {"older_than": 0, "per_second": 1000}
_MAIN = {"operations.doctor": doctor, "operations.reconciler": reconciler}


class Operated(InProcess):
    """The system as its operators see it."""

    def findings(self) -> list[tuple[str, str, str]]:
        """Kind, subject and message of everything that the doctor finds, young orders included."""
        found = examine(Window(older_than=0)).findings
        return [(each.kind, each.subject, each.message) for each in found]

    def reconciled(self, **request: object) -> Document:
        """What the reconciler's function returns, young orders included."""
        return self.invoke("ReconcileFunction", AT_ONCE | request)

    def reconcile(self, **request: object) -> dict[str, str]:
        """Run the reconciler's function, young orders included: outcomes by order id."""
        answer = self.reconciled(**request)
        return {each["order_id"]: each["outcome"] for each in answer["outcomes"]}

    def command(self, module: str, *arguments: str) -> int:
        """The exit status of `python -m MODULE ARGUMENTS`, run in this process."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", [module, *arguments])
            try:
                return _MAIN[module]()
            except SystemExit as ended:
                return int(str(ended.code))

    @contextmanager
    def changed(self, **variables: str) -> Iterator[None]:
        """Environment variables with other values, for whoever opens a new connection."""
        try:
            with pytest.MonkeyPatch.context() as patch:
                for name, value in variables.items():
                    patch.setenv(name, value)
                _read_settings_again()
                yield
        finally:
            _read_settings_again()

    # Orders.

    def succeeded(self, *lines: Document) -> str:
        """An order that was processed, and whose execution has ended; returns its id."""
        order_id = self.processed(*lines)
        self.end(order_id, "SUCCEEDED")
        return order_id

    def ended_in(
        self, state: str, product: str, status: str = "ABORTED", *, ran: bool = True
    ) -> tuple[str, Document]:
        """An order of 3 pieces whose execution ended in this state; returns its id and input.

        `ran`: whether the state's task had done its work by then.
        """
        order_id = self.create(a_line(product, 3))
        document = self._walk(order_id, _path_to(state))
        if state == "FailOrder":
            document = failing(document)
        if ran:
            self.invoke(f"{state}Function", document)
        self.end(order_id, status, document)
        return order_id, document

    def walk(self, order_id: str, *, until: str) -> Document:
        """The order's document as it leaves the named state; its execution goes on running."""
        return self._walk(order_id, FORWARD[: FORWARD.index(until) + 1])

    def _walk(self, order_id: str, path: Iterable[str]) -> Document:
        execution = step_functions.find_execution(order_id)
        assert execution
        document: Document = json.loads(execution["input"])
        for state in path:
            document = self.invoke(f"{state}Function", document)
        return document

    def too_late(self, state: str, document: Document) -> None:
        """Run the state's task after the order was repaired; it may fail, being too late."""
        with suppress(TaskFailed):
            self.invoke(f"{state}Function", document)

    def lose_backup(self, order_id: str) -> None:
        """Delete the order's backup."""
        (backup,) = self.backups(order_id)
        boto3.client("s3").delete_object(Bucket=BUCKET, Key=backup["key"])

    def forget_everything(self) -> None:
        """Empty the tables, and let Step Functions forget every execution."""
        self.rows(
            "DELETE FROM order_items; DELETE FROM orders; DELETE FROM inventory_reservations; "
            "DELETE FROM accepted_orders; DELETE FROM inventory; "
            "DELETE FROM inventory_receipts"  # a trigger writes these
        )
        self.forget_executions()

    # Executions.

    def start_by_hand(self, name: str, document: object) -> None:
        """Start an execution as an operator may, with any input."""
        arn = self.environment["STATE_MACHINE_ARN"]
        engine = boto3.client("stepfunctions")
        engine.start_execution(stateMachineArn=arn, name=name, input=json.dumps(document))

    def end(self, name: str, status: str, last_input: object = None) -> None:
        """End the execution, in a state that was entered with this input."""
        execution = moto_execution(name)
        execution.status = status
        execution.stop_date = execution.start_date
        entered = {"name": "any", "input": json.dumps(last_input or {})}
        event = {
            "id": 1,
            "timestamp": execution.start_date,
            "type": "TaskStateEntered",
            "stateEnteredEventDetails": entered,
        }
        execution.get_execution_history = lambda _role: [event]


def moto_execution(name: str) -> Any:  # noqa: ANN401 - moto's own
    """The execution in moto's memory."""
    return _moto_region().describe_execution(step_functions.execution_arn(name))


def _moto_region() -> Any:  # noqa: ANN401 - moto's own
    return get_backend("stepfunctions")["123456789012"]["us-east-1"]


def _read_settings_again() -> None:
    for each in (settings, database_settings):
        each.cache_clear()


def _path_to(state: str) -> tuple[str, ...]:
    """The forward states before this one; FailOrder is entered from PersistOrder, which failed."""
    return FORWARD[: FORWARD.index("PersistOrder" if state == "FailOrder" else state)]
