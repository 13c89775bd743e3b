"""Leaves a client of moto without an answer: cuts its connection, or ends moto's process."""

import os
import signal
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def cut(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Close the client's connection; what is answered after that is lost.

    A WSGI application cannot reach the connection, but waitress puts a method of it into `environ`.
    """
    connection = environ["waitress.client_disconnected"].__self__
    connection.socket.shutdown(socket.SHUT_RDWR)
    start("500 Lost", [])
    return [b""]


def kill_this_process() -> NoReturn:
    """End moto as a crash would; it forgets everything, and the stack starts it again."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError  # not reached
