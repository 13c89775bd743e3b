"""What we send suits RDS Proxy, which gives a connection to others between two transactions.

What pins a connection to one client instead: "Avoiding pinning an RDS Proxy" in the RDS User Guide.
"""

import re
from typing import Any

import pytest
from pg8000.core import IN_TRANSACTION, CoreConnection

from orders.queries import FOLDER, load_file, names
from tests.operations.operated import Operated
from tests.running.builders import a_line

PINNING_COMMANDS = "SET|RESET|PREPARE|EXECUTE|DEALLOCATE|DISCARD|DECLARE|LISTEN|LOAD"
PINNING_WORDS = r"TEMP|TEMPORARY|nextval|setval|set_config|pg_(try_)?advisory_(un)?lock\w*"
PINNING_BYTES = 16 * 1024


def pins(sql: str) -> bool:
    command = re.match(rf"\s*({PINNING_COMMANDS})\b", sql, re.IGNORECASE)
    word = re.search(rf"\b({PINNING_WORDS})\b", sql, re.IGNORECASE)
    return bool(command or word) or len(sql.encode()) > PINNING_BYTES


@pytest.mark.parametrize(
    "sql", ["set a = 1", " DISCARD ALL", "SELECT set_config('a', '1', false)", "--" + "x" * 16384]
)
def test_what_pins_is_recognized(sql: str) -> None:
    assert pins(sql)


def test_no_query_of_the_functions_pins_a_connection() -> None:
    files = [load_file(path) for path in FOLDER.glob("*.sql")]
    texts = {name: getattr(queries, name).sql for queries in files for name in names(queries)}

    # Only the doctor uses this one, on a connection of its own.
    assert [name for name, sql in texts.items() if pins(sql)] == ["disable_statement_timeout"]


def test_every_statement_with_parameters_is_in_a_transaction(
    system: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pg8000 sends one in three parts, which may reach different servers outside of one."""
    statuses = []
    execute = CoreConnection.execute_unnamed

    def recorded(conn: CoreConnection, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        if conn is not system.database:  # with which the test looks into the tables
            statuses.append(conn._transaction_status)  # noqa: SLF001
        return execute(conn, *arguments, **options)

    monkeypatch.setattr(CoreConnection, "execute_unnamed", recorded)
    order_id = system.succeeded(a_line(system.product()))
    system.api.get("/orders")
    system.api.put(f"/orders/{order_id}", json={"status": "shipped"})
    system.api.delete(f"/orders/{order_id}")
    system.reconcile()
    system.findings()

    assert set(statuses) == {IN_TRANSACTION}
