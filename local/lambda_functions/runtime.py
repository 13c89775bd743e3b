"""Runs all functions of the template, in every version of them, and invokes one by its name."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from deployment.template import Function
from local.faults.function_faults import FunctionFaultPlan
from local.faults.held_invocations import HeldInvocations
from local.lambda_functions.concurrency_limit import ConcurrencyLimit
from local.lambda_functions.invocation_result import InvocationResult
from local.lambda_functions.invocations import Invocations

SLOT_SECONDS = 5.0
"""An invocation that waits longer for a slot is throttled.

Together with the 10 s that a task may run, this is the 15 s timeout of its state: no task is still
running when its state times out.
"""

Versions: TypeAlias = dict[int, Invocations]


class UnknownFunction(LookupError):
    """No function of that name, or no such version of it."""


class Runtime:
    """The functions. An invocation waits up to `slot_timeout` seconds for a slot."""

    def __init__(
        self, functions: Collection[Function], logs: Path, slot_timeout: float = SLOT_SECONDS
    ) -> None:
        self._logs, self._slot_timeout = logs, slot_timeout
        self.faults: FunctionFaultPlan = FunctionFaultPlan()
        self.held = HeldInvocations()
        self._limits: dict[str, ConcurrencyLimit] = defaultdict(ConcurrencyLimit)
        self._functions: dict[str, Versions] = defaultdict(dict)
        self._live: dict[str, int] = {}
        self.publish(functions)
        self.go_live(functions)

    def publish(self, functions: Collection[Function]) -> None:
        """Publish a version of each function. It can be invoked by its number."""
        for this in functions:
            log, limit = self._logs / f"{this.name}.log", self._limits[this.name]
            version = Invocations(this, log, self.faults, self.held, limit)
            self._functions[this.name][this.version] = version

    def go_live(self, functions: Collection[Function]) -> None:
        """Point the alias of each function at this version of it, and remove all other functions.

        Older versions of these functions can still be invoked. A function that the template lacks
        is gone with all its versions, as on AWS.
        """
        self._live = {this.name: this.version for this in functions}
        for name in self._functions.keys() - self._live:
            del self._functions[name]

    def version(self, name: str, version: int | None = None) -> int:
        """The version that is invoked: this one, or that of the alias. Raises UnknownFunction."""
        wanted = self._live.get(name) if version is None else version
        if wanted is None or wanted not in self._functions.get(name, {}):
            raise UnknownFunction(name)
        return wanted

    def __contains__(self, name: object) -> bool:
        return name in self._functions

    async def invoke(
        self,
        name: str,
        event: Any,  # noqa: ANN401  # JSON
        request_id: str = "",
        slot_timeout: float | None = None,
        version: int | None = None,
    ) -> InvocationResult:
        """Invoke a version of a function (None: that of its alias), by the function's name.

        Raises UnknownFunction, and Throttled when no slot is free within `slot_timeout` seconds
        (None: the runtime's own timeout). Raises InvokeRefused when that fault is planned.
        """
        invocations = self._functions[name][self.version(name, version)]
        seconds = self._slot_timeout if slot_timeout is None else slot_timeout
        return await invocations.invoke(event, request_id or str(uuid.uuid4()), seconds)

    def running(self) -> dict[str, int]:
        """How many invocations are running; functions without any are left out."""
        running: Counter[str] = Counter()
        for name, this in self._each():
            running[name] += this.running
        return dict(+running)

    def broken(self) -> list[str]:
        """The functions whose handler could not be imported when that was tried last."""
        live = self._live.items()
        return sorted(name for name, version in live if self._functions[name][version].broken)

    def is_cold(self, name: str) -> bool:
        """Whether the function has no worker. Raises UnknownFunction."""
        return not self._functions[name][self.version(name)].workers

    async def warm_up(self, besides: str = "") -> None:
        """Start a worker of each function that has none, `besides` left out, one after the other.

        They are started in the template's order, in which the workflow's come first.
        """
        for name, version in list(self._live.items()):
            if name != besides and name in self._functions:
                await self._functions[name][version].warm_up()

    def end_idle(self, seconds: float) -> None:
        """End the workers that have been idle for longer than this."""
        for _, this in self._each():
            this.end_idle(seconds)

    def stop(self) -> None:
        """Kill all workers."""
        for _, this in self._each():
            this.stop()

    def _each(self) -> Iterator[tuple[str, Invocations]]:
        for name, versions in self._functions.items():
            for this in versions.values():
                yield name, this
