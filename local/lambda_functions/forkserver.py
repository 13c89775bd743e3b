"""The process that workers are forked from, so that each starts with its libraries imported."""

import multiprocessing
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import signal
from pathlib import Path

from local.processes.output import STDERR, append_to

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["local.lambda_functions.forkserver_preload"])


def start(log: Path) -> None:
    """Start the forkserver, which prints to this log.

    New workers print there, too, until each has opened its function's own log.
    """
    terminal, logged = os.dup(STDERR), append_to(log)
    os.dup2(logged, STDERR)
    try:
        _start_with_sigint_blocked()
    finally:
        os.dup2(terminal, STDERR)
        os.close(terminal)
        os.close(logged)


def _start_with_sigint_blocked() -> None:
    """Start with SIGINT blocked, which the forkserver inherits: Ctrl-C must end only the parent."""
    # The resource tracker comes first, because starting it leaves SIGINT unblocked.
    multiprocessing.resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    multiprocessing.forkserver.ensure_running()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
