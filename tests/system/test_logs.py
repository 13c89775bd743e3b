"""Logs of a running stack: one order followed by its x-request-id, and nothing that is secret."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.shop import Shop
from tests.running.stacks import ROOT
from tests.running.waiting import eventually
from tests.running.walking import FORWARD

DOCS = (ROOT / "docs" / "operating.md").read_text("utf-8")
POST, GREP = re.findall(
    r"```sh\n(ID=.*?)\n(grep .*?)\n```", DOCS.partition("### Following one order")[2], re.DOTALL
)[0]
CUSTOMER = "Ada Lovelace of the tests"
SIGNED = re.compile("AWS4-HMAC|Signature=|X-Amz-Signature|X-Amz-Security-Token", re.IGNORECASE)


def followed(shop: Shop, request_id: str) -> list[Document]:
    """The lines of all logs with this id, in order of time."""
    grep = GREP.replace(".local/logs", shop.description["logs"])
    return [dict(json.loads(line)) for line in sh(shop, f"ID={request_id}\n{grep}").splitlines()]


def sh(shop: Shop, script: str) -> str:
    """What the script prints, with the variables of the README."""
    there = {"API": shop.description["api_url"], "KEY": shop.description["api_key"]}
    command = ["sh", "-euc", script]
    return subprocess.run(
        command, env=os.environ | there, capture_output=True, text=True, check=True
    ).stdout


def states_done(lines: list[Document]) -> list[str]:
    return [line["function_name"] for line in lines if line["message"] == "done"]


def test_one_grep_for_the_request_id_follows_an_order_through_all_logs(shop: Shop) -> None:
    request_id = sh(shop, f'{POST}\nprintf %s "$ID"')
    (access,) = [line for line in followed(shop, request_id) if line["message"] == "request"]
    order_id = access["order_id"]
    shop.end(order_id)

    lines = followed(shop, request_id)

    assert (access["route"], access["status"], access["source"]) == (
        "POST /orders",
        201,
        "function",
    )
    assert access["key_id"] not in ("", shop.description["api_key"])
    assert states_done(lines) == [f"{state}Function" for state in FORWARD]
    changes = [(line["from"], line["to"]) for line in lines if line["message"] == "audit"]
    assert changes == [("none", "accepted"), ("accepted", "pending"), ("pending", "processing")]
    assert {line["order_id"] for line in lines if "ColdStarts" not in line} == {order_id}
    assert {line["request_id"] for line in lines} == {request_id}
    assert [line["timestamp"] for line in lines] == sorted(line["timestamp"] for line in lines)


def test_a_refused_order_leaves_no_error_and_no_traceback(shop: Shop) -> None:
    answer = shop.api.post("/orders", json=an_order(a_line("NOPE")))
    shop.end(answer.json()["order_id"])

    lines = followed(shop, answer.headers["x-request-id"])

    (refusal,) = [line for line in lines if line["message"] == "refused"]
    assert (refusal["level"], refusal["error"]) == ("INFO", "UnknownProduct")
    assert {line.get("level", "INFO") for line in lines} == {"INFO"}
    assert states_done(lines) == ["FailOrderFunction"]
    assert "Traceback" not in json.dumps(lines)
    log = Path(shop.description["logs"], "CalculatePriceFunction.log").read_text()
    about = [line for line in log.splitlines() if refusal["function_request_id"] in line]
    assert len(about) == 1, "nothing else was logged about this invocation"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/orders/{}", 404),
        ("PUT", "/orders/{}", 400),
        ("DELETE", "/orders/{}", 404),
        ("GET", "/status/{}", 404),
        ("POST", "/orders", 400),
        ("GET", "/orders", 200),
    ],
)
def test_every_answered_request_has_one_access_line(
    shop: Shop, method: str, path: str, status: int
) -> None:
    answer = shop.api.request(method, path.format(an_id()))

    lines = followed(shop, answer.headers["x-request-id"])
    (line,) = [line for line in lines if line["message"] == "request"]
    assert line["status"] == answer.status_code == status
    assert line["ms"] >= 0
    assert ("reason" in line) == (status >= 400)


@pytest.fixture
def everything(shop: Shop) -> list[str]:
    """Orders of CUSTOMER, in every way that they can go; the keys that they came with."""
    key, lines = f"key-{an_id()}", [a_line(shop.product())]
    order = an_order(*lines, customer_id=CUSTOMER)
    accepted = [
        shop.api.post("/orders", json=body, headers={"Idempotency-Key": key})
        for body in (order, order, an_order(*lines, customer_id=f"{CUSTOMER}, another"))
    ]
    assert [answer.status_code for answer in accepted] == [201, 201, 422]
    processed = accepted[0].json()["order_id"]
    shop.end(processed)
    refused = shop.create(a_line("NOPE"), customer_id=CUSTOMER)
    shop.end(refused)
    with shop.failing(
        PersistOrder=[{"kind": "raise", "error": "RuntimeError", "message": "boom", "times": 1000}]
    ):
        shop.end(shop.create(*lines, customer_id=CUSTOMER))
    with shop.failing(BackUpOrder=[{"kind": "hold"}]):
        aborted = shop.create(*lines, customer_id=CUSTOMER)
        shop.until_held("BackUpOrder")
        shop.abort(aborted)
    shop.reconcile()
    refuse(shop, processed)
    for body in ({"status": "shipped"}, {"status": CUSTOMER}, {"status": "pending"}):
        shop.api.put(f"/orders/{processed}", json=body)
    shop.api.get("/orders", params={"customer_id": CUSTOMER})
    shop.api.get("/orders", params={"customer_id": CUSTOMER * 9})
    shop.api.post("/orders", json=order | {"items": CUSTOMER})
    shop.api.get("/orders", headers={"x-api-key": f"wrong-{key}"})
    shop.command("operations.doctor")
    shop.api.delete(f"/orders/{processed}")
    return [key]


def refuse(shop: Shop, order_id: str) -> None:
    """Let PostgreSQL refuse a row of CUSTOMER, whose values are in the error's DETAIL."""
    refused = f"customer_id <> '{CUSTOMER}' OR status <> 'cancelled'"
    shop.rows(f"ALTER TABLE orders ADD CONSTRAINT no_ada CHECK ({refused}) NOT VALID")
    try:
        answer = shop.api.put(f"/orders/{order_id}", json={"status": "cancelled"})
        assert answer.status_code == 500
    finally:
        shop.rows("ALTER TABLE orders DROP CONSTRAINT no_ada")


def password(shop: Shop) -> str:
    """The functions' password for PostgreSQL."""
    arn = shop.environment["DB_SECRET_ARN"]
    secret = shop.aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return str(json.loads(secret)["password"])


def test_no_log_holds_a_key_a_password_a_signature_or_a_customer(
    shop: Shop, everything: list[str]
) -> None:
    """All files of the folder are read, with what all tests before this one have left there."""
    secrets = [
        shop.description["api_key"],
        password(shop),
        shop.environment["AWS_SESSION_TOKEN"],
        *everything,
        CUSTOMER,
        json.dumps(CUSTOMER * 9)[1:-1],
        "CUST001",
    ]
    eventually(shop.until_idle)

    for log in Path(shop.description["logs"]).iterdir():
        text = log.read_text(errors="replace")
        for secret in secrets:
            assert secret not in text, f"{secret} is in {log.name}"
        assert not SIGNED.search(text), log.name
