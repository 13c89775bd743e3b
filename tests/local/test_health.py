"""A watch looks at what `Thing` holds."""

import asyncio
from collections.abc import Callable

import pytest

from local import health
from local.health import HANGS, UNREACHABLE, Held, Watch


class Thing(Held):
    """Loses what these words say; a look may also raise, or take this many seconds."""

    name, seconds = "thing", 0.001

    def __init__(self, *looks: str | Exception | float) -> None:
        self._looks = list(looks)
        self.mended: list[str] = []

    async def look(self) -> str:
        """The next of the looks."""
        found = self._looks.pop(0)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, float):
            await asyncio.sleep(found)
            return ""
        return found

    async def mend(self, missing: str) -> None:
        """Note it, in vain."""
        self.mended.append(missing)
        raise OSError


def checked(thing: Thing, times: int = 1) -> Watch:
    watch = Watch(thing)

    async def check() -> None:
        for _ in range(times):
            await watch.check()

    asyncio.run(check())
    return watch


def test_nothing_is_missing_of_what_is_whole() -> None:
    thing = Thing("")
    assert checked(thing).missing == ""
    assert thing.mended == []


def test_what_is_lost_is_said_and_mended() -> None:
    thing = Thing("lacks a wheel")
    assert checked(thing).missing == "lacks a wheel"
    assert thing.mended == ["lacks a wheel"]


def test_it_is_mended_less_and_less_often_while_that_does_not_help() -> None:
    thing = Thing(*(str(number) for number in range(1, 21)))
    checked(thing, times=20)
    assert thing.mended == ["1", "2", "4", "8", "16"]


def test_what_was_whole_in_between_is_mended_at_once() -> None:
    thing = Thing("1", "2", "3", "", "5")
    checked(thing, times=5)
    assert thing.mended == ["1", "2", "5"]


def test_a_component_that_cannot_be_reached_is_said_and_left_to_its_restart() -> None:
    thing = Thing(ConnectionRefusedError())
    assert checked(thing).missing == UNREACHABLE
    assert thing.mended == []


def test_what_is_lost_after_an_outage_is_mended_at_once() -> None:
    thing = Thing(*[ConnectionRefusedError()] * 5, "lacks a wheel")
    checked(thing, times=6)
    assert thing.mended == ["lacks a wheel"]


def test_a_component_that_hangs_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "HANGS_SECONDS", 0.01)
    thing = Thing(60.0)
    assert checked(thing).missing == HANGS
    assert thing.mended == [HANGS]


def test_a_component_that_takes_long_is_said_before_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.01)
    watch = Watch(Thing(60.0))

    asyncio.run(until_said(watch, lambda: watch.missing == HANGS))


async def until_said(watch: Watch, said: Callable[[], bool]) -> None:
    watching = asyncio.create_task(watch.keep_watching())
    async with asyncio.timeout(10):
        while not said():  # noqa: ASYNC110 - nothing signals it
            await asyncio.sleep(0.001)
    watching.cancel()


def test_watching_goes_on_after_what_cannot_be_mended() -> None:
    watch = Watch(Thing("lost", OSError(), "", "lost again", ""))
    asyncio.run(until_said(watch, lambda: watch.missing == "lost again"))
