"""Runs a function as another user of this machine, if we may."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

UID = 12345
"""A user that owns nothing."""
IS_POSSIBLE = os.geteuid() == 0


def call(function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - as the function
    """The function's result in a process of another user; without root, of our own.

    The process imports the function's module before it becomes the other user.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_call, args=(sender, function, arguments))
    process.start()
    sender.close()
    result = receiver.recv()
    process.join()
    return result


def _call(sender: Connection, function: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    if IS_POSSIBLE:
        os.setgroups([])
        os.setgid(UID)
        os.setuid(UID)
    sender.send(function(*arguments))
