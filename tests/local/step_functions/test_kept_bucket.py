"""The bucket outlives moto's process."""

import json
from pathlib import Path

import pytest

from tests.local.moto import Moto, moto_alone

pytestmark = pytest.mark.usefixtures("starts_a_stack")
KEY = "orders/2026/01/02/550e8400-e29b-41d4-a716-446655440000.json"


def put(moto: Moto, key: str, document: object) -> None:
    moto.aws("s3").put_object(
        Bucket=moto.bucket, Key=key, Body=json.dumps(document), ContentType="application/json"
    )


def keys(moto: Moto) -> list[str]:
    listed = moto.aws("s3").list_objects_v2(Bucket=moto.bucket)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def test_what_was_put_is_there_again_and_what_was_deleted_is_not(tmp_path: Path) -> None:
    options = ("1", "--bucket", str(tmp_path / "bucket"))
    with moto_alone(tmp_path / "log", *options) as moto:
        put(moto, KEY, {"total": 1})
        put(moto, KEY, {"total": 2})
        put(moto, "orders/deleted.json", {})
        put(moto, "other", {})
        moto.aws("s3").delete_object(Bucket=moto.bucket, Key="orders/deleted.json")

    with moto_alone(tmp_path / "log", *options) as moto:
        assert keys(moto) == [KEY], "only backups are kept"
        kept = moto.aws("s3").get_object(Bucket=moto.bucket, Key=KEY)
        assert json.load(kept["Body"]) == {"total": 2}
        assert (kept["ContentType"], kept["ServerSideEncryption"]) == ("application/json", "AES256")


def test_what_was_refused_is_not_kept(tmp_path: Path) -> None:
    options = ("1", "--bucket", str(tmp_path / "bucket"), "--faults")
    with moto_alone(tmp_path / "log", *options) as moto:
        moto.plan("PutObject", {"kind": "error"})
        with pytest.raises(moto.aws("s3").exceptions.ClientError):
            put(moto, KEY, {})

    assert list((tmp_path / "bucket").iterdir()) == []
