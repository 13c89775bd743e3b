"""A call that blocks does not keep a program from ending."""

import asyncio
import subprocess
import sys

import pytest

from local.processes import daemon_thread

BLOCKED = """
import asyncio, threading
from local.processes import daemon_thread
async def stopped():
    await asyncio.wait({asyncio.create_task(daemon_thread.call(threading.Event().wait))}, timeout=0)
asyncio.run(stopped())
"""


def test_the_result_is_the_functions() -> None:
    assert asyncio.run(daemon_thread.call(lambda: 7)) == 7


def test_an_error_is_the_functions() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(daemon_thread.call(lambda: 1 // 0))


def test_a_program_ends_although_the_function_is_blocked() -> None:
    subprocess.run([sys.executable, "-c", BLOCKED], check=True, timeout=60)
