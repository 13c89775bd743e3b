"""The options of `python -m local`, which are those of scripts/up."""

import argparse
import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

API_KEY_VARIABLE = "ORDERS_API_KEY"
ROOT = Path(__file__).resolve().parent.parent
"""The folder of template.yaml and of the functions' code."""

_LAST_PORT = 65_535


@dataclass(frozen=True)
class Options:
    """The options, with their defaults filled in."""

    host: str
    port: int
    lambda_port: int
    api_key: str
    allow_origin: list[str]
    data: Path
    template: Path
    step_functions: str | None
    fresh: bool
    faults: bool
    schedules: float | None
    backoff_scale: float
    unkind: bool
    quota_scale: float


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read the options. Ends the program with exit status 2 when one is wrong."""
    parser = argparse.ArgumentParser(
        prog="scripts/up", description="Run the local cloud.", allow_abbrev=False
    )
    for add in (_add_api, _add_data, _add_functions, _add_unkindness):
        add(parser)
    parser.add_argument(
        "--template", type=Path, default=ROOT / "template.yaml", help=argparse.SUPPRESS
    )
    options = Options(**vars(parser.parse_args(arguments)))
    _refuse_unused(parser, options)
    return options


def _refuse_unused(parser: argparse.ArgumentParser, options: Options) -> None:
    """End with an error that names an option which would do nothing."""
    if options.quota_scale != 1 and not options.unkind:
        parser.error("argument --quota-scale: only with --unkind")
    if options.backoff_scale != 1 and options.step_functions:
        parser.error("argument --backoff-scale: not with --step-functions, whose waits it has")


def _add_api(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--port", type=_port, default=8080, help="port of the API; 0 picks a free one (8080)")
    add("--host", type=_not_blank, default="127.0.0.1", help="address of the API (127.0.0.1)")
    key = parser.add_mutually_exclusive_group()
    key.add_argument(
        "--api-key",
        type=_header_value,
        default=os.environ.get(API_KEY_VARIABLE, "local-dev-key"),
        help="the key that callers must send (local-dev-key); the list of processes shows it to "
        f"every user of this machine, unlike that of the variable {API_KEY_VARIABLE}",
    )
    key.add_argument(
        "--api-key-file",
        type=_key_file,
        dest="api_key",
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="read the key from this file",
    )
    add(
        "--allow-origin",
        type=_origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages of this origin, such as http://localhost:3000, call the API from browsers; "
        "can be given several times (none)",
    )


def _add_data(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--data",
        type=_folder,
        default=ROOT / ".local",
        metavar="DIR",
        help="folder of the database and the logs (.local)",
    )
    add("--fresh", action="store_true", help="start with an empty database")


def _add_functions(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--step-functions",
        type=_url,
        metavar="URL",
        help="use this Step Functions engine instead of the embedded one",
    )
    add(
        "--lambda-port",
        type=_port,
        default=0,
        help="port of the Lambda API, which such an engine calls (any free one)",
    )
    add(
        "--faults",
        action="store_true",
        help="inject the faults that are sent to /faults of the Lambda and AWS addresses",
    )
    add(
        "--schedules",
        type=_not_negative,
        metavar="SECONDS",
        help="run scheduled functions at this interval; 0: never (the template's intervals)",
    )
    add(
        "--backoff-scale",
        type=_not_negative,
        default=1.0,
        metavar="FACTOR",
        help="multiply the embedded engine's back-offs before a retry by this (1); under 1, one of "
        "over a minute counts as a minute",
    )


def _add_unkindness(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--unkind",
        action="store_true",
        help="behave as AWS does: eventual consistency, quotas, permissions",
    )
    add(
        "--quota-scale",
        type=_not_negative,
        default=1.0,
        metavar="FACTOR",
        help="with --unkind: multiply AWS's quotas by this (1)",
    )


def _header_value(text: str) -> str:
    if not (text.isascii() and text.isprintable() and text.strip() == text != ""):
        message = "must be printable ASCII"
        raise argparse.ArgumentTypeError(message)
    return text


def _origin(text: str) -> str:
    """An origin as browsers send it, by the same rule as AllowedOrigins in template.yaml."""
    if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+])(:[0-9]{1,5})?", text):
        message = (
            f"{text} is no origin as browsers send it: http:// or https://, a host in lower case, "
            "and a port unless it is 80 or 443; no path, no *"
        )
        raise argparse.ArgumentTypeError(message)
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        message = "must not be blank"
        raise argparse.ArgumentTypeError(message)
    return text


def _folder(text: str) -> Path:
    """A blank name would be the current folder."""
    return Path(_not_blank(text))


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _LAST_PORT:
        message = f"must be 0 to {_LAST_PORT}"
        raise argparse.ArgumentTypeError(message)
    return number


def _key_file(name: str) -> str:
    try:
        return _header_value(Path(name).read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"cannot read {name}: {error}") from error


def _not_negative(text: str) -> float:
    number = float(text)
    if not 0 <= number < math.inf:
        message = "must be a number, 0 or more"
        raise argparse.ArgumentTypeError(message)
    return number


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        message = f"{text} is not an http:// or https:// address"
        raise argparse.ArgumentTypeError(message)
    return text.rstrip("/")
