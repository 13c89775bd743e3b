"""Calls what may block for long without keeping the program from ending.

The program waits at its end for the threads of asyncio.to_thread. It does not wait for these.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def call(function: Callable[[], T]) -> T:
    """The function's result, or its error. When this is cancelled, the function still runs."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: Exception | None) -> None:
        if result.done():  # cancelled
            return
        if error:
            result.set_exception(error)
        else:
            result.set_result(value)  # type: ignore[arg-type]  # without an error it is a T

    def run() -> None:
        value, failure = None, None
        try:
            value = function()
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets it
            failure = error
        with suppress(RuntimeError):  # the program has ended, and nobody waits
            loop.call_soon_threadsafe(settle, value, failure)

    Thread(target=run, daemon=True).start()
    return await result
