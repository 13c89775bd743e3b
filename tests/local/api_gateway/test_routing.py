import pytest

from tests.local.in_process import KEY, Api


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/things/arn:aws:states:x:execution:Name:id", "arn:aws:states:x:execution:Name:id"),
        ("/things/arn%3Aaws%3Astates", "arn%3Aaws%3Astates"),
        ("/things/a%2Fb", "a%2Fb"),
        ("/things/%C3%BC%20%00", "%C3%BC%20%00"),
        ("/things/a+b", "a+b"),
    ],
)
def test_path_parameters_stay_percent_encoded(api: Api, path: str, parameter: str) -> None:
    assert api.call("GET", path).json()["pathParameters"] == {"id": parameter}


def test_a_path_may_have_several_parameters(api: Api) -> None:
    event = api.call("GET", "/things/a/parts/b").json()
    assert event["pathParameters"] == {"id": "a", "part": "b"}
    assert event["resource"] == "/things/{id}/parts/{part}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("DELETE", "/things"),
        ("HEAD", "/things"),
        ("GET", "/things/"),
        ("GET", "/things/a/parts"),
        ("GET", "/things/a/parts/b/c"),
    ],
)
@pytest.mark.parametrize("key", [None, KEY])
def test_an_unknown_path_or_method_is_refused_before_the_key_is_checked(
    api: Api, method: str, path: str, key: str | None
) -> None:
    response = api.call(method, path, key=key)
    assert response.status_code == 403
    assert method == "HEAD" or response.json() == {"message": "Missing Authentication Token"}
    assert response.headers["x-request-id"]
    assert response.headers["content-type"] == "application/json"
