"""Reading a request's body: strictly UTF-8, strictly JSON, with work in proportion to its size.

Python's parser reads it, and not pydantic's: that one calls lone surrogates, and numbers with more
than 4,300 digits, "not JSON", so no error could name their field; and it makes Python objects of
what an error is about, for each error anew, so a bad body would cost more than a good one.
"""

import base64
import gc
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeAlias

from orders.errors import InvalidRequest

Event: TypeAlias = dict[str, Any]
MAX_DIGITS = 20
"""Integers with more digits than this are out of every field's range."""


def parsed(event: Event) -> object:
    """The body's JSON value. Of a name that is there twice, the last value counts.

    Raises InvalidRequest.
    """
    text = _text(event)
    try:
        with _without_collector():
            return _from_json(text)
    except RecursionError as error:
        raise InvalidRequest("Request body is nested too deeply") from error
    except ValueError as error:
        raise InvalidRequest("Request body is not valid JSON") from error


def _text(event: Event) -> str:
    """API Gateway hands bodies on as base64, byte for byte (BinaryMediaTypes in template.yaml)."""
    body: str = event["body"] or ""
    if not event.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body).decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest("Request body is not UTF-8") from error


@contextmanager
def _without_collector() -> Iterator[None]:
    """JSON has no cycles, and looking for them takes most of the time in a body of many lists."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _from_json(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number with more digits than Python converts; this hook costs time
        return json.loads(text, parse_int=_integer, parse_constant=_refuse)


def _integer(digits: str) -> float:
    return int(digits) if len(digits) <= MAX_DIGITS else math.inf


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python would read."""
    raise json.JSONDecodeError("Not JSON", constant, 0)
