"""Run the local cloud: `python -m local`, or `scripts/up`."""

import signal

# Before anything runs, a Ctrl-C just ends this; later the event loop handles it.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import asyncio
import math
import os
import shlex
import sys
from pathlib import Path

from deployment.errors import InvalidTemplate
from local import stack
from local.postgres import server as postgres
from local.processes.failure import StackFailure
from local.stack import ROOT, Options, Stack

ORDER = (
    '{"customer_id": "CUST001", "items": [{"product_id": "PROD001", "quantity": 2}, '
    '{"product_id": "PROD002", "quantity": 1}]}'
)


def main() -> int:
    """Serve until Ctrl-C. Exit status 1, with one sentence, when that cannot be."""
    options = Options(**vars(_parser().parse_args()))
    _forget_the_users_cloud()
    failure = None
    try:
        asyncio.run(_until_stopped(options))
    except* (StackFailure, InvalidTemplate) as failures:
        failure = _first(failures)
    if failure:
        print(failure, file=sys.stderr)
    return 1 if failure else 0


def _forget_the_users_cloud() -> None:
    """A profile, a secret or a proxy of the user's has no say over what runs on loopback."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "DB_", "MOTO_")) or name.lower().endswith("_proxy"):
            del os.environ[name]


def _first(failures: BaseExceptionGroup[StackFailure | InvalidTemplate]) -> BaseException:
    """The first of what went wrong; the rest usually follows from it."""
    first: BaseException = failures
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/up", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=8080, help="port of the API; 0 picks a free one (8080)")
    add("--host", default="127.0.0.1", help="address of the API (127.0.0.1)")
    add(
        "--api-key",
        type=_header_value,
        default="local-dev-key",
        help="the key callers must send (local-dev-key)",
    )
    add(
        "--data",
        type=Path,
        default=ROOT / ".local",
        metavar="DIR",
        help="where data and logs are kept (.local)",
    )
    add("--fresh", action="store_true", help="start over with an empty database")
    add(
        "--step-functions",
        type=_url,
        metavar="URL",
        help="use this engine in place of the embedded one",
    )
    add(
        "--lambda-port",
        type=int,
        default=0,
        help="port of the Lambda API, for such an engine (any free one)",
    )
    add(
        "--faults",
        action="store_true",
        help="let PUT /faults/... at the Lambda and AWS addresses inject faults",
    )
    add(
        "--schedules",
        type=_seconds,
        metavar="SECONDS",
        help="run scheduled functions this often; 0: never (at the template's own rates)",
    )
    add("--template", type=Path, default=ROOT / "template.yaml", help=argparse.SUPPRESS)
    return parser


def _header_value(text: str) -> str:
    if not (text.isascii() and text.isprintable() and text.strip() == text != ""):
        message = "must be printable ASCII"
        raise argparse.ArgumentTypeError(message)
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        message = "must be a number of seconds"
        raise argparse.ArgumentTypeError(message)
    return seconds


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        message = f"{text} is not an http:// or https:// address"
        raise argparse.ArgumentTypeError(message)
    return text.rstrip("/")


async def _until_stopped(options: Options) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    serving = asyncio.create_task(_serve(options))
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    serving.cancel()
    await asyncio.wait({serving})
    failure = None if serving.cancelled() else serving.exception()
    if failure and not stopped.is_set():  # after a Ctrl-C nobody asks what did not start
        raise failure


async def _serve(options: Options) -> None:
    print("Starting the local cloud ...", flush=True)
    async with stack.started(options) as running:
        running.describe()
        print(_report(running), flush=True)
        try:
            await running.keep()
        finally:
            print("\nStopping ...", flush=True)


def _report(running: Stack) -> str:
    url, key = running.api_url, running.options.api_key
    settings = running.settings
    header = f"-H {shlex.quote(f'x-api-key: {key}')}"
    program, host = shlex.quote(f"{postgres.BIN}/psql"), shlex.quote(settings["DB_HOST"])
    psql = f"{program} -h {host} -p 5432 -U {postgres.USER} {postgres.DATABASE}"
    return f"""
  API             {url}
  API key         {key}
  Step Functions  {settings["AWS_ENDPOINT_URL_SFN"]}
  S3              {settings["AWS_ENDPOINT_URL_S3"]}  bucket {settings["S3_BUCKET"]}
  Lambda          {running.lambda_url}  {len(running.template.functions)} functions
  PostgreSQL      {psql}
  Logs            {running.folder.logs}

Try it, in another terminal:

  ORDER=$(curl -s -X POST {url}/orders {header} -H 'content-type: application/json' \\
    -d '{ORDER}' \\
    | tee /dev/stderr | grep -oE '[0-9a-f-]{{36}}' | head -n 1)
  curl {header} {url}/orders/$ORDER
  curl {header} {url}/status/$ORDER

Ctrl-C stops everything."""


if __name__ == "__main__":
    sys.exit(main())
