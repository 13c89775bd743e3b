import asyncio
import json
import socket
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from local.processes.errors import StackFailure
from local.step_functions.resources import (
    SECRET_ARN,
    create_bucket,
    create_secret,
    create_state_machine,
)
from tests.local.in_process import small_template
from tests.local.moto import TOKEN, Moto

MACHINE = small_template({}).state_machine


def definition(moto: Moto) -> str:
    found = moto.aws("stepfunctions").describe_state_machine(stateMachineArn=MACHINE.arn)
    return str(found["definition"])


def test_a_state_machine_that_exists_gets_the_new_definition(moto: Moto, tmp_path: Path) -> None:
    file = tmp_path / "machine.asl.json"
    file.write_text(MACHINE.definition.replace("Act", "Other"))
    changed = replace(MACHINE, file=file)
    for machine in (MACHINE, changed, changed, MACHINE):
        asyncio.run(create_state_machine(moto.url, TOKEN, machine))
        assert definition(moto) == machine.definition


def test_the_bucket_keeps_objects(moto: Moto) -> None:
    s3 = moto.aws("s3")
    s3.put_object(Bucket=moto.bucket, Key="a/b", Body=b"{}", ServerSideEncryption="AES256")
    assert s3.get_object(Bucket=moto.bucket, Key="a/b")["Body"].read() == b"{}"


def test_the_secret_has_the_functions_login(moto: Moto) -> None:
    asyncio.run(create_secret(moto.url, TOKEN, {"DB_USER": "me", "DB_PASSWORD": "s3cret"}))

    secret = moto.aws("secretsmanager").get_secret_value(SecretId=SECRET_ARN)

    assert json.loads(secret["SecretString"]) == {"username": "me", "password": "s3cret"}


def test_unreachable_services_are_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with pytest.raises(StackFailure, match=f"S3 at {url} cannot create the bucket: "):
        asyncio.run(create_bucket(url, TOKEN))
    with pytest.raises(StackFailure, match=f"Secrets Manager at {url} cannot create the secret: "):
        asyncio.run(create_secret(url, TOKEN, {"DB_USER": "me", "DB_PASSWORD": "s3cret"}))
    with pytest.raises(StackFailure, match=f"Step Functions at {url} cannot create the state "):
        asyncio.run(create_state_machine(url, TOKEN, MACHINE))


def test_moto_answers_however_many_connections_workers_keep(moto: Moto) -> None:
    address = moto.url.removeprefix("http://").split(":")
    with ExitStack() as kept:
        for _ in range(200):
            kept.enter_context(socket.create_connection((address[0], int(address[1]))))

        assert definition(moto) == MACHINE.definition
