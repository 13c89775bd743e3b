"""Runs all functions of the template, and invokes one by its name."""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deployment.template import Function
from local.faults.function_faults import FunctionFaultPlan
from local.faults.held_invocations import HeldInvocations
from local.lambda_functions.invocation_result import InvocationResult
from local.lambda_functions.invocations import Invocations

SLOT_SECONDS = 5.0
"""An invocation that waits longer for a slot is throttled.

Together with the 10 s that a task may run, this is the 15 s timeout of its state: no task is still
running when its state times out.
"""


class UnknownFunction(LookupError):
    """The template has no function of that name."""


class Runtime:
    """The functions. An invocation waits up to `slot_timeout` seconds for a slot."""

    def __init__(
        self, functions: Iterable[Function], logs: Path, slot_timeout: float = SLOT_SECONDS
    ) -> None:
        self._slot_timeout = slot_timeout
        self.faults: FunctionFaultPlan = FunctionFaultPlan()
        self.held = HeldInvocations()
        self._functions = {
            this.name: Invocations(this, logs / f"{this.name}.log", self.faults, self.held)
            for this in functions
        }

    def __contains__(self, name: object) -> bool:
        return name in self._functions

    async def invoke(
        self,
        name: str,
        event: Any,  # noqa: ANN401  # JSON
        request_id: str = "",
        slot_timeout: float | None = None,
    ) -> InvocationResult:
        """Invoke a function by its name.

        Raises UnknownFunction, and Throttled when no slot is free within `slot_timeout` seconds
        (None: the runtime's own timeout). Raises InvokeRefused when that fault is planned.
        """
        if name not in self._functions:
            raise UnknownFunction(name)
        seconds = self._slot_timeout if slot_timeout is None else slot_timeout
        return await self._functions[name].invoke(event, request_id or str(uuid.uuid4()), seconds)

    def running(self) -> dict[str, int]:
        """How many invocations are running; functions without any are left out."""
        return {name: this.running for name, this in self._functions.items() if this.running}

    async def warm_up(self) -> None:
        """Start one worker of each function, one after the other."""
        for this in self._functions.values():
            await this.warm_up()

    def stop(self) -> None:
        """Kill all workers."""
        for this in self._functions.values():
            this.stop()
