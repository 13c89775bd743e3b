"""What docs/operating.md shows: the commands and what they print, on real tables."""

import os
import re
import subprocess

import pytest

from local.postgres import binaries, logins
from tests.conftest import ROOT
from tests.operations.operated import Operated

PAGE = (ROOT / "docs" / "operating.md").read_text("utf-8")
REPAIRS = [block for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "psql" in block]
ON_THE_SHELF, LOST = REPAIRS


def shown(command: str) -> list[str]:
    """What the page shows below the command."""
    return PAGE.partition(f"$ {command}\n")[2].partition("```")[0].splitlines()


def paste(system: Operated, lines: str, product: str) -> None:
    """Run the lines in bash for this product; psql logs in as the page says."""
    owner = logins.owner(system.environment)
    login = {"PGHOST": owner["DB_HOST"], "PGPORT": owner["DB_PORT"], "PGUSER": owner["DB_USER"]}
    login |= {"PGDATABASE": owner["DB_NAME"], "PGPASSWORD": owner["DB_PASSWORD"]}
    path = f"{binaries.FOLDER}:{os.environ['PATH']}"
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines.replace("PROD002", product)],
        env=os.environ | login | {"PATH": path},
        check=True,
        capture_output=True,
    )


def lose_three(system: Operated, product: str) -> None:
    """Take three pieces away behind the back of the trigger that writes receipts."""
    system.rows("ALTER TABLE inventory DISABLE TRIGGER USER")
    system.rows("UPDATE inventory SET stock = stock - 3 WHERE product_id = :id", id=product)
    system.rows("ALTER TABLE inventory ENABLE TRIGGER USER")


@pytest.mark.parametrize(("repair", "stock"), [(ON_THE_SHELF, 100), (LOST, 97)])
def test_stock_that_is_missing_is_repaired_by_hand(
    system: Operated, capsys: pytest.CaptureFixture[str], repair: str, stock: int
) -> None:
    product = system.product(stock=100)
    lose_three(system, product)
    capsys.readouterr()
    assert system.command("operations.doctor") == 1
    finding = capsys.readouterr().out.splitlines()[0]
    assert finding == shown("scripts/doctor")[1].replace("PROD002", product)

    paste(system, repair, product)

    assert system.command("operations.doctor") == 0
    assert system.stock(product) == stock


def test_doctor_and_reconciler_print_what_is_shown(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    product = system.product(stock=10)
    ids = {"1ea7f493-...": "UpdateStatus", "595a0efc-...": "PersistOrder"}
    expected = shown("scripts/reconcile --older-than 0")
    finding = shown("scripts/doctor")[0]
    for alias, state in ids.items():
        order_id, _ = system.ended_in(state, product, ran=state != "UpdateStatus")
        expected = [line.replace(alias, order_id) for line in expected]
        finding = finding.replace(alias, order_id)
    capsys.readouterr()
    assert system.command("operations.doctor", "--older-than", "0") == 1
    assert finding in capsys.readouterr().out.splitlines()

    assert system.command("operations.reconciler", "--older-than", "0") == 0

    assert sorted(capsys.readouterr().out.splitlines()) == sorted(expected)
