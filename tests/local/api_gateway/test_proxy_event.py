from tests.local.in_process import Api


def test_a_request_becomes_a_proxy_event(api: Api) -> None:
    event = api.call("GET", "/things?a=1&a=2&b=", headers=[("user-agent", "me")]).json()
    assert event["resource"] == event["path"] == "/things"
    assert event["httpMethod"] == "GET"
    assert event["queryStringParameters"] == {"a": "2", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""]}
    assert event["pathParameters"] is None
    assert (event["body"], event["isBase64Encoded"]) == (None, False)
    context = event["requestContext"]
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userAgent"] == "me"
    assert context["resourcePath"] == "/things"
    assert context["requestId"]


def test_missing_parts_of_a_request_are_null(api: Api) -> None:
    event = api.call("GET", "/things").json()
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_repeated_headers_are_in_the_multi_value_headers(api: Api) -> None:
    event = api.call("GET", "/things", headers=[("x-a", "1"), ("x-a", "2")]).json()
    assert event["headers"]["x-a"] == "2"
    assert event["multiValueHeaders"]["x-a"] == ["1", "2"]


def test_bodies_are_text_unless_their_media_type_is_binary(api: Api) -> None:
    assert api.call("POST", "/things", content="ü").json()["body"] == "ü"
    assert api.call("POST", "/things", content=b"\xff").json()["body"] == "\ufffd"
    binary = [("content-type", "application/octet-stream")]
    event = api.call("POST", "/things", content=b"\xff", headers=binary).json()
    assert (event["body"], event["isBase64Encoded"]) == ("/w==", True)
