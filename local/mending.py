"""What each component of the stack must hold, and how it is mended when it has lost that.

moto is replaced: the new one has the kept objects, a bucket and the state machine, and the
reconciler starts the open orders again. PostgreSQL is replaced when it hangs, and migrated again
when it has lost tables. Another engine only gets the state machine again.
"""

from collections.abc import Awaitable, Callable

from local.health import HANGS, Held
from local.lambda_functions.runtime import Runtime
from local.processes.restarts import Component
from local.stack import Stack
from local.step_functions import resources
from local.step_functions.holdings import Holdings

NO_SUCH = "does not exist"
MACHINE = "state_machine"
SECONDS, BUCKET_SECONDS = 1.0, 10.0
"""How often a component is looked at. A look at moto costs 7 ms of CPU. The bucket has time,
because no caller waits for it, and tasks are retried."""


class Database(Held):
    """PostgreSQL and its tables. `migrate` creates them, or raises StackFailure."""

    name, seconds = "database", SECONDS

    def __init__(
        self, stack: Stack, postgres: Component, migrate: Callable[[], Awaitable[None]]
    ) -> None:
        self._stack, self._postgres, self._migrate = stack, postgres, migrate

    async def look(self) -> str:
        """Which tables are gone."""
        lost = await self._stack.tables.lost()
        return f"has lost its tables: {', '.join(lost)}" if lost else ""

    async def mend(self, missing: str) -> None:
        """Create the tables again, without their rows, or replace a server that hangs."""
        if missing == HANGS:
            self._postgres.replace(missing)
            return
        await self._migrate()
        print(f"The database {missing}; migrated again.", flush=True)  # noqa: T201


class KeptByMoto(Held):
    """The bucket or the state machine, which a moto that has just started has."""

    def __init__(
        self, name: str, seconds: float, exists: Callable[[], Awaitable[bool]], moto: Component
    ) -> None:
        self.name, self.seconds, self._exists, self._moto = name, seconds, exists, moto

    async def look(self) -> str:
        """Whether it does not exist any more."""
        return "" if await self._exists() else NO_SUCH

    async def mend(self, missing: str) -> None:
        """Replace moto. All executions are lost, and the reconciler starts them again."""
        lost = f"has lost the {self.name.replace('_', ' ')}"
        self._moto.replace(missing if missing == HANGS else lost)


class MachineOfOtherEngine(Held):
    """The state machine in the engine of --step-functions, whose process is not ours."""

    name, seconds = MACHINE, SECONDS

    def __init__(self, exists: Callable[[], Awaitable[bool]], stack: Stack) -> None:
        self._exists, self._stack = exists, stack

    async def look(self) -> str:
        """Whether it does not exist any more, as in an engine that has restarted."""
        return "" if await self._exists() else NO_SUCH

    async def mend(self, missing: str) -> None:
        """Create it again. An engine that hangs is left alone."""
        if missing == HANGS:
            return
        url = self._stack.settings["AWS_ENDPOINT_URL_SFN"]
        await resources.create_state_machine(
            url, self._stack.token, self._stack.template.state_machine
        )
        print("The engine had lost the state machine; created again.", flush=True)  # noqa: T201


class Functions(Held):
    """The functions' handlers. When one cannot be imported, only its developer can help."""

    name, seconds = "functions", SECONDS

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def look(self) -> str:
        """Which functions cannot run."""
        broken = self._runtime.broken()
        return f"cannot be imported: {', '.join(broken)}" if broken else ""

    async def mend(self, missing: str) -> None:
        """Do nothing."""


def all_held(
    stack: Stack,
    runtime: Runtime,
    postgres: Component,
    moto: Component,
    migrate: Callable[[], Awaitable[None]],
) -> list[Held]:
    """What all components must hold."""
    holdings = Holdings(stack.settings)
    machine = KeptByMoto(MACHINE, SECONDS, holdings.has_state_machine, moto)
    of_other = MachineOfOtherEngine(holdings.has_state_machine, stack)
    return [
        Database(stack, postgres, migrate),
        KeptByMoto("bucket", BUCKET_SECONDS, holdings.has_bucket, moto),
        of_other if stack.options.step_functions else machine,
        Functions(runtime),
    ]
