"""Malformed, ambiguous and oversized requests: JSON with an x-request-id, then the end."""

from collections.abc import Callable

import pytest

from local.http.limits import Limits
from tests.local.http.raw import Client, serving

MALFORMED = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "bare LF": b"GET / HTTP/1.1\nHost: a\n\n",
    "one bare LF": b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "bare CR": b"GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
    "NUL": b"GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n",
    "obs-fold": b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
    "space before colon": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\nx",
    "no colon": b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "bytes in the path": "GET /ü HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    "two lengths": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy"
    ),
    "one length twice": (
        b"POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 1\r\nContent-Length: 1\r\n\r\nx"
    ),
    "a list of lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
    "negative length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "signed length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
    "endless length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 50 + b"\r\n\r\nx",
    "length and chunks": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\n"
    ),
    "chunks and length": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
        b"0\r\n\r\n"
    ),
    "two encodings": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"
    ),
    "unknown encoding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
    "chunks in HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunk size": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n",
    "chunk end": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
    "trailer": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno trailer\r\n\r\n"
    ),
}
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
Sends = Callable[..., Client]


@pytest.mark.parametrize("request_", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_a_400_that_ends_the_connection(
    sends: Sends, request_: bytes
) -> None:
    client = sends(request_ + SMUGGLED)
    answer = client.answer()
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    assert answer.headers["connection"] == "close"
    assert list(answer.json) == ["message"]
    assert client.rest() == b"", "nothing after it is read as a request"


def test_a_malformed_request_after_a_good_one_is_refused_on_its_own(sends: Sends) -> None:
    assert sends(SMUGGLED + b"nonsense\r\n\r\n").statuses() == [200, 400]


def test_the_answer_names_what_is_ambiguous(sends: Sends) -> None:
    message = "Request has both Content-Length and Transfer-Encoding"
    assert sends(MALFORMED["length and chunks"]).answer().json == {"message": message}


def test_a_head_request_is_refused_without_a_body(sends: Sends) -> None:
    client = sends(b"HEAD /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.answer(with_body=False).status == 414
    assert client.rest() == b""


@pytest.mark.parametrize(
    ("size", "status"), [(8191, 200), (8192, 414)], ids=["at the limit", "over it"]
)
def test_a_url_has_at_most_8192_bytes(sends: Sends, size: int, status: int) -> None:
    answer = sends(b"GET /" + b"x" * size + b" HTTP/1.1\r\nHost: a\r\n\r\n").answer()
    assert answer.status == status
    assert status == 200 or answer.json == {"message": "Request URL is longer than 8192 bytes"}


def with_head_bytes(size: int) -> bytes:
    """A request whose request line and header values have this size together."""
    rest = size - len(b"GET / HTTP/1.1") - len(b"a")
    return b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * rest + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("size", "status"), [(10_240, 200), (10_241, 431), (100_000, 431), (1_000_000, 431)]
)
def test_request_line_and_headers_have_at_most_10240_bytes(
    sends: Sends, size: int, status: int
) -> None:
    answer = sends(with_head_bytes(size)).answer()
    assert answer.status == status
    message = "Request line and header values are longer than 10240 bytes"
    assert status == 200 or answer.json == {"message": message}


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 431)])
def test_a_request_has_at_most_100_headers(sends: Sends, count: int, status: int) -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"x: y\r\n" * (count - 1) + b"\r\n"
    assert sends(head).answer().status == status


def test_a_body_has_a_limited_number_of_chunks() -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serving(limits=Limits(chunks=3)) as address:
        allowed = Client(address).send(head + b"1\r\nx\r\n" * 3 + b"0\r\n\r\n")
        assert allowed.answer().json["body"] == "xxx"
        refused = Client(address).send(head + b"1\r\nx\r\n" * 4)
        assert refused.answer().status == 413
        allowed.close()
        refused.close()
