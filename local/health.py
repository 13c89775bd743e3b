"""Watches what each component of the stack holds, and has it mended.

A process that runs proves little: moto may have lost its state machine, or PostgreSQL its tables.
"""

import asyncio
import logging
from typing import Protocol

PATIENCE_SECONDS = 5.0
"""A component that takes longer to answer is reported. A busy one may take some seconds."""
HANGS_SECONDS = 30.0
"""A component that takes longer to answer hangs, and is mended."""
HANGS, UNREACHABLE = "does not answer", "cannot be reached"

_log = logging.getLogger(__name__)


class Held(Protocol):
    """What a component must hold. It is looked at every so many `seconds`."""

    name: str
    seconds: float

    async def look(self) -> str:
        """What is lost, in words, or "". Raises whatever keeps it from looking."""

    async def mend(self, missing: str) -> None:
        """Mend what is lost: the words of `look`, or HANGS. May raise anything."""


class Watch:
    """Watches what one component holds.

    `missing` is what was found last, in words. A component that cannot be reached is not mended
    here: its process has usually ended, and local/processes/restarts.py restarts it.
    """

    def __init__(self, held: Held) -> None:
        self.held, self.missing = held, ""
        self._in_vain = 0

    async def keep_watching(self) -> None:
        """Look again and again, until the task is cancelled."""
        while True:
            await self.check()
            await asyncio.sleep(self.held.seconds)

    async def check(self) -> None:
        """Look once, and mend what is missing, less and less often while that does not help."""
        self.missing = await self._look()
        if self.missing in ("", UNREACHABLE):
            self._in_vain = 0
            return
        self._in_vain += 1
        if not _is_power_of_two(self._in_vain):
            return
        try:
            await self.held.mend(self.missing)
        except Exception:  # noqa: BLE001  # the next look is another try
            _log.exception("the %s cannot be mended", self.held.name)

    async def _look(self) -> str:
        loop = asyncio.get_running_loop()
        slow = loop.call_later(PATIENCE_SECONDS, setattr, self, "missing", HANGS)
        try:
            async with asyncio.timeout(HANGS_SECONDS):
                return await self.held.look()
        except TimeoutError:
            return HANGS
        except Exception as error:  # noqa: BLE001  # of boto3, pg8000 or the system
            if self.missing != UNREACHABLE:  # one line, not one each second
                _log.warning("the %s cannot be reached: %s", self.held.name, type(error).__name__)
            return UNREACHABLE
        finally:
            slow.cancel()


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0
