"""Handlers that the runtime's and the gateway's tests invoke."""

import fcntl
import json
import os
import signal
import sys
import time
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3

_state = {"calls": 0}


def echo(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer with the event, as API Gateway made it."""
    return {"statusCode": 200, "body": json.dumps(event)}


def answer(event: dict[str, Any], _: object) -> Any:  # noqa: ANN401
    """Answer with what the request's body says, well-formed or not."""
    wanted = json.loads(event["body"])
    time.sleep(wanted.get("sleep", 0) if isinstance(wanted, dict) else 0)
    return wanted


def start(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Start an execution named by the request."""
    wanted = json.loads(event["body"])
    client = boto3.client("stepfunctions")
    started = client.start_execution(
        stateMachineArn=os.environ["STATE_MACHINE_ARN"],
        name=wanted["name"],
        input=json.dumps(wanted["input"]),
    )
    return {"statusCode": 201, "body": json.dumps({"arn": started["executionArn"]})}


def tick(event: dict[str, Any], _: object) -> None:
    """Print the event, a line each."""
    # One string: print() writes several separately, and two processes' lines could mix.
    print(f"tick {json.dumps(event)}\n", end="")  # noqa: T201


class TooLittle(Exception):
    """A domain error."""


def act(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401
    """Do what the event's `do` says."""
    _state["calls"] += 1
    return getattr(_Acts, event["do"])(event, context)


class _Acts:
    @staticmethod
    def count(_: Any, __: Any) -> Any:  # noqa: ANN401
        return {"pid": os.getpid(), "calls": _state["calls"]}

    @staticmethod
    def where(_: Any, context: Any) -> Any:  # noqa: ANN401
        found = [name for name in ("orders", "operations") if find_spec(name)]
        folder = str(Path(__file__).parent)
        return {"folder": folder, "version": context.function_version, "found": found}

    @staticmethod
    def sleep(event: Any, _: Any) -> Any:  # noqa: ANN401
        time.sleep(event["seconds"])
        return {"pid": os.getpid()}

    @staticmethod
    def fail(event: Any, _: Any) -> Any:  # noqa: ANN401
        raise TooLittle(event["message"])

    @staticmethod
    def leave(event: Any, _: Any) -> Any:  # noqa: ANN401
        sys.exit(event["status"])

    @staticmethod
    def die(_: Any, __: Any) -> Any:  # noqa: ANN401
        os.kill(os.getpid(), signal.SIGKILL)

    @staticmethod
    def say(event: Any, _: Any) -> Any:  # noqa: ANN401
        print(event["text"])  # noqa: T201
        return None

    @staticmethod
    def decimal(_: Any, __: Any) -> Any:  # noqa: ANN401
        return {"price": Decimal("1.50")}

    @staticmethod
    def big(event: Any, _: Any) -> Any:  # noqa: ANN401
        return "x" * event["size"]

    @staticmethod
    def touch(event: Any, _: Any) -> Any:  # noqa: ANN401
        with Path(event["path"]).open("a") as file:
            file.write("touched\n")

    @staticmethod
    def meet(event: Any, _: Any) -> Any:  # noqa: ANN401
        """Leave a mark and wait until there are two."""
        folder = Path(event["folder"])
        (folder / str(os.getpid())).touch()
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.01)
        return {"met": 2}

    @staticmethod
    def queue(event: Any, _: Any) -> Any:  # noqa: ANN401
        """Take a place in a file; the second waits until it is the last to answer."""
        with Path(event["path"]).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            place = 2 if os.fstat(file.fileno()).st_size else 1
            file.write("touched\n")
            file.flush()
            time.sleep(0.6 * (place - 1))
        return {"place": place}

    @staticmethod
    def context(_: Any, context: Any) -> Any:  # noqa: ANN401
        remaining = context.get_remaining_time_in_millis()
        return vars(context) | {"remaining": remaining}

    @staticmethod
    def environment(_: Any, __: Any) -> Any:  # noqa: ANN401
        return dict(os.environ)
