"""Requests of every legal shape reach the application as they were meant."""

import socket

import pytest

from tests.local.http.raw import Client

GET = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
BODY = b'{"customer_id": "CUST001"}'
HEAD = b"POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % len(BODY)
JAVA_HTTP_CLIENT = (
    b"POST /orders HTTP/1.1\r\n"
    b"Connection: Upgrade, HTTP2-Settings\r\n"
    b"Content-Length: %d\r\n"
    b"Host: 127.0.0.1:8080\r\n"
    b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
    b"Upgrade: h2c\r\n"
    b"User-Agent: Java-http-client/17.0.15\r\n"
    b"Content-Type: application/json\r\n"
    b"x-api-key: local-dev-key\r\n\r\n"
) % len(BODY)
CURL_HTTP2 = HEAD + (
    b"User-Agent: curl/7.88.1\r\nAccept: */*\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n"
)
WEBSOCKET = HEAD + (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.mark.parametrize("head", [JAVA_HTTP_CLIENT, CURL_HTTP2, WEBSOCKET])
@pytest.mark.parametrize("together", [True, False])
def test_an_upgrade_is_ignored_and_the_body_kept(
    client: Client, head: bytes, *, together: bool
) -> None:
    client.send(head + BODY + GET) if together else client.send(head, BODY, GET)
    answer = client.answer()
    assert (answer.status, answer.json["body"]) == (200, BODY.decode())
    assert client.answer().json["path"] == "/next"


def test_trailers_of_a_chunked_body_are_no_headers(client: Client) -> None:
    client.send(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"3;ext=1\r\nabc\r\n0\r\nx-api-key: stolen\r\nContent-Length: 9\r\n\r\n",
        GET,
    )
    first = client.answer().json
    assert first["body"] == "abc"
    assert [name for name, _ in first["headers"]] == ["host", "transfer-encoding"]
    assert client.answer().json["path"] == "/next"


def test_pipelined_requests_are_answered_in_order(client: Client) -> None:
    client.send(b"".join(GET.replace(b"next", b"%d" % n) for n in range(50)))
    assert [client.answer().json["path"] for _ in range(50)] == [f"/{n}" for n in range(50)]


def test_a_client_that_sends_no_more_still_gets_its_answer(client: Client) -> None:
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
    client.socket.shutdown(socket.SHUT_WR)

    assert client.answer().json["body"] == "abc"
    assert client.rest() == b""


def test_http_1_0_needs_no_host_and_closes(client: Client) -> None:
    client.send(b"GET /old HTTP/1.0\r\n\r\n")
    assert client.answer().json["path"] == "/old"
    assert client.rest() == b""


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"http://a.example:8080/orders?page=1", "/orders", "page=1"),
        (b"HTTP://a.example", "/", ""),
        (b"*", "*", ""),
        (b"/orders//http://b/", "/orders//http://b/", ""),
    ],
)
def test_a_target_in_any_form_gives_its_path(
    client: Client, target: bytes, path: str, query: str
) -> None:
    client.send(b"OPTIONS " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    answer = client.answer().json
    assert (answer["path"], answer["query"]) == (path, query)


def test_a_head_answer_has_the_headers_and_no_body(client: Client) -> None:
    client.send(b"HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n", GET)
    assert int(client.answer(with_body=False).headers["content-length"]) > 0
    assert client.answer().json["path"] == "/next"


def test_a_client_that_expects_100_is_told_to_continue(client: Client) -> None:
    client.send(HEAD + b"Expect: 100-continue\r\n\r\n")
    assert client.answer().status == 100
    client.send(BODY)
    assert client.answer().json["body"] == BODY.decode()
