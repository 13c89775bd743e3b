"""Who is refused in front of moto, each as AWS words it; the others are all other tests of moto."""

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.iam import session_token
from local.iam.callers import ADMINISTRATOR
from tests.local.moto import TOKEN, Moto

OBJECT = "orders/2026/secret.json"
RIGHT = {session_token.HEADER: TOKEN}


@pytest.fixture(autouse=True)
def _an_object(moto: Moto) -> None:
    moto.aws("s3").put_object(Bucket=moto.bucket, Key=OBJECT, Body=b"{}")


@pytest.mark.parametrize("token", [None, "", "another"])
def test_without_the_runs_token_the_services_refuse(moto: Moto, token: str | None) -> None:
    for service, call, code in (
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("stepfunctions", "list_state_machines", "UnrecognizedClientException"),
        ("secretsmanager", "list_secrets", "UnrecognizedClientException"),
    ):
        client = boto3.client(
            service,
            endpoint_url=moto.url,
            region_name="us-east-1",
            aws_access_key_id=ADMINISTRATOR,
            aws_secret_access_key="test",
            aws_session_token=token,
            config=Config(retries={"total_max_attempts": 1}),
        )
        with pytest.raises(ClientError) as refused:
            getattr(client, call)()
        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        RIGHT | {"origin": "http://evil.example"},
        RIGHT | {"origin": "null"},
        RIGHT | {"host": "evil.example"},
    ],
)
@pytest.mark.parametrize("path", [f"/order-backups/{OBJECT}", "/faults", "/", "/moto-api/"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD"])
def test_a_page_gets_nothing(moto: Moto, method: str, path: str, headers: dict[str, str]) -> None:
    answer = httpx.request(method, moto.url + path, headers=headers, content=b"[]")

    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]
    found = moto.aws("s3").get_object(Bucket=moto.bucket, Key=OBJECT)
    assert found["Body"].read() == b"{}", "the object is as it was"


def test_motos_own_routes_are_off_for_everybody(moto: Moto) -> None:
    assert moto.http.post("/moto-api/reset").status_code == 403
    assert moto.http.get("/moto-api/data.json").status_code == 403


def test_not_even_a_caller_with_the_token_gets_headers_for_pages(moto: Moto) -> None:
    found = moto.aws("s3").get_object(Bucket=moto.bucket, Key=OBJECT)

    headers = found["ResponseMetadata"]["HTTPHeaders"]
    assert not [name for name in headers if name.startswith("access-control")]
