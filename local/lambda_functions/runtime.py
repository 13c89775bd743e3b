"""A Lambda runtime: each function has workers of its own, started when needed.

A worker handles one event at a time and stays warm for the next. What does not
find a free worker waits its turn; functions never wait for each other's.
"""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deployment.template import Function
from local.faults.function_faults import FunctionFaultPlan
from local.faults.holds import Holds
from local.lambda_functions.concurrency import Pool
from local.lambda_functions.invocation_result import Answer

TURN_SECONDS = 5.0
"""Then an event that found no free worker is throttled.

With a task's own 10 this is its state's 15: what gets its turn has somebody waiting for it.
"""


class UnknownFunction(LookupError):
    """No function of that name."""


class Runtime:
    """All functions of the template. An event waits up to `turn_seconds` for its turn."""

    def __init__(
        self, functions: Iterable[Function], logs: Path, turn_seconds: float = TURN_SECONDS
    ) -> None:
        self._turn_seconds = turn_seconds
        self.faults: FunctionFaultPlan = FunctionFaultPlan()
        self.holds = Holds()
        self._pools = {
            function.name: Pool(function, logs / f"{function.name}.log", self.faults, self.holds)
            for function in functions
        }

    def __contains__(self, name: object) -> bool:
        return name in self._pools

    async def invoke(
        self,
        name: str,
        event: Any,  # noqa: ANN401  # JSON
        request_id: str = "",
        patience: float | None = None,
    ) -> Answer:
        """Invoke a function by name.

        Raises UnknownFunction, and Throttled when its turn does not come within `patience`
        seconds (None: the runtime's own).
        """
        if name not in self._pools:
            raise UnknownFunction(name)
        limit = self._turn_seconds if patience is None else patience
        return await self._pools[name].invoke(event, request_id or str(uuid.uuid4()), limit)

    def running(self) -> dict[str, int]:
        """How many events are being worked on; functions without any are not named."""
        return {name: pool.running for name, pool in self._pools.items() if pool.running}

    async def warm_up(self) -> None:
        """Start one worker of each function, one after the other."""
        for pool in self._pools.values():
            await pool.warm_up()

    def stop(self) -> None:
        """End all workers at once."""
        for pool in self._pools.values():
            pool.stop()
