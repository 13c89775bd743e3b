"""Bytes that a hostile or broken client might send, from a seeded generator."""

import random
from collections.abc import Callable, Iterator

KEY = b"x-api-key: local-dev-key\r\n"
HOST = b"Host: localhost\r\n"
VALID = (
    b"GET /things?a=1 HTTP/1.1\r\n" + HOST + KEY + b"\r\n",
    b"POST /things HTTP/1.1\r\n" + HOST + KEY + b"Content-Length: 11\r\n\r\nhello=world",
    b"POST /things HTTP/1.1\r\n"
    + HOST
    + KEY
    + b"Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: t\r\n\r\n",
    b"HEAD /things HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
)
FRAGMENTS = (
    *(b"\r", b"\n", b"\r\n", b"\0", b" ", b"\t", b":", b",", b";", b"\xff", b"%", b"%00", b"\x16"),
    *(b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"GET", b"CONNECT", b"http://b:1/", b"*", b"//"),
    *(b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"content-length : 5\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n"),
    *(b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Connection: Upgrade\r\n"),
    *(b"Upgrade: websocket\r\n", b"Host: b\r\n", b" folded\r\n", b"\r\n\r\n", b"0\r\n\r\n"),
    *(b"ffffffffffffffff\r\n", b"5\r\nhello\r\n", b"FFFFFFFFFFFFFFFFFFFFF\r\n"),
)


def requests(number: int, seed: int = 9) -> Iterator[bytes]:
    """So many requests, always the same ones."""
    chance = random.Random(seed)  # noqa: S311  # nothing is kept secret with it
    kinds: list[Callable[[random.Random], bytes]] = [
        _noise,
        _truncated,
        _mutated,
        _mutated,
        _several,
        _oversized,
        _assembled,
    ]
    for _ in range(number):
        yield chance.choice(kinds)(chance)


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 400))


def _truncated(chance: random.Random) -> bytes:
    request = chance.choice(VALID)
    return request[: chance.randrange(1, len(request))]


def _mutated(chance: random.Random) -> bytes:
    request = bytearray(chance.choice(VALID))
    for _ in range(chance.randrange(1, 4)):
        start = chance.randrange(len(request))
        end = start + chance.choice((0, 0, 1, 8))
        request[start:end] = chance.choice(FRAGMENTS)
    return bytes(request)


def _several(chance: random.Random) -> bytes:
    return b"".join(
        chance.choice((_mutated(chance), *VALID)) for _ in range(chance.randrange(2, 6))
    )


def _oversized(chance: random.Random) -> bytes:
    filling: bytes = chance.choice((b"x", b"x: y\r\n", b"%41", b"1\r\nx\r\n"))
    filling *= chance.choice((1_000, 10_000, 100_000))
    request = chance.choice(VALID)
    at = chance.choice((5, request.index(b"Host"), len(request)))
    return request[:at] + filling + request[at:]


def _assembled(chance: random.Random) -> bytes:
    return b"POST /things HTTP/1.1\r\nHost: localhost\r\n" + b"".join(
        chance.choices(FRAGMENTS, k=chance.randrange(1, 12))
    )
