"""Run the local cloud: `python -m local`, or `scripts/up`."""

import signal

# Until the event loop handles signals, a Ctrl-C ends the program at once, without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import asyncio
import os
import sys

from deployment.errors import InvalidTemplate
from local import command_line, startup
from local.command_line import Options
from local.processes import output
from local.processes.errors import StackFailure
from local.start_message import start_message


def main() -> int:
    """Serve until Ctrl-C. Return 1, and print one sentence, if the stack cannot start or go on."""
    output.open_missing_descriptors()
    output.make_standard_streams_lossy()
    options = command_line.parse()
    _forget_own_cloud_settings()
    failure = None
    try:
        asyncio.run(_serve_until_signal(options))
    except* (StackFailure, InvalidTemplate) as failures:
        failure = _first(failures)
    if failure:
        print(failure, file=sys.stderr)
    return 1 if failure else 0


def _forget_own_cloud_settings() -> None:
    """Remove the user's own profiles, secrets and proxies: all services here are local.

    Of root's stack, PostgreSQL runs as another user, who must not read the API key either.
    """
    for name in list(os.environ):
        own = name.startswith(("AWS_", "DB_", "MOTO_")) or name.lower().endswith("_proxy")
        if own or name == command_line.API_KEY_VARIABLE:
            del os.environ[name]


def _first(failures: BaseExceptionGroup[StackFailure | InvalidTemplate]) -> BaseException:
    """The first failure; the others usually follow from it."""
    first: BaseException = failures
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


async def _serve_until_signal(options: Options) -> None:
    stopped = asyncio.Event()
    for number in _signals_to_stop():
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    serving = asyncio.create_task(_serve(options))
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    serving.cancel()
    await asyncio.wait({serving})
    failure = None if serving.cancelled() else serving.exception()
    if failure and not stopped.is_set():  # after a Ctrl-C, an interrupted start is not a failure
        raise failure


def _signals_to_stop() -> list[signal.Signals]:
    """SIGHUP, which a closed terminal sends, stops the stack, except under nohup."""
    hung_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hung_up else [])]


async def _serve(options: Options) -> None:
    print("Starting the local cloud ...", flush=True)
    async with startup.started(options) as stack:
        stack.describe()
        print(start_message(stack), flush=True)
        try:
            await stack.keep_running()
        finally:
            print("\nStopping ...", flush=True)


if __name__ == "__main__":
    sys.exit(main())
