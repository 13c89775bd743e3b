"""Waits for a condition instead of sleeping."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

Found = TypeVar("Found")


def eventually(look: Callable[[], Found], seconds: float = 30, every: float = 0.05) -> Found:
    """Call `look` until it no longer raises AssertionError; after `seconds` its error is raised."""
    attempts = Retrying(
        retry=retry_if_exception_type(AssertionError),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(every),
        reraise=True,
    )
    return attempts(look)
