import hashlib

import pytest

from tests.local.in_process import Api


@pytest.mark.parametrize(
    "key", [None, "", "wrong", "local-dev-key2", "local-dev-ke", "LOCAL-DEV-KEY", "\xff"]
)
def test_a_wrong_or_missing_key_is_forbidden(api: Api, key: str | None) -> None:
    response = api.call("GET", "/things", key=key)
    assert (response.status_code, response.json()) == (403, {"message": "Forbidden"})
    assert response.headers["x-request-id"]


def test_the_key_id_is_stable_and_not_the_key(api: Api) -> None:
    identity = api.call("GET", "/things").json()["requestContext"]["identity"]
    assert identity["apiKeyId"] == hashlib.sha256(b"local-dev-key").hexdigest()[:10]
