"""Kills a component of a running stack, or the whole stack, as a crash would."""

from contextlib import suppress

import psutil

from tests.running.shop import Shop
from tests.running.waiting import eventually

ENGINE = "Step Functions and S3 (moto)"
DATABASE = "PostgreSQL"


def kill(process: psutil.Process) -> None:
    """Send SIGKILL to the process, unless it has ended."""
    with suppress(psutil.NoSuchProcess):
        process.kill()


def kill_component(shop: Shop, component: str) -> None:
    """Kill the component, and wait until it is restarted."""
    killed = shop.pid(component)
    kill(psutil.Process(killed))

    def restarted() -> None:
        assert shop.pid(component) != killed

    eventually(restarted, seconds=60)
    shop.reconnect()


def kill_stack(shop: Shop) -> None:
    """Kill all processes of the stack, the supervisor first, so that it restarts nothing."""
    supervisor = psutil.Process(shop.pid("local"))
    processes = [supervisor, *supervisor.children(recursive=True)]
    for process in processes:
        kill(process)

    def gone() -> None:
        assert not [each for each in processes if _runs(each)]

    eventually(gone)
    shop.reconnect()


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
