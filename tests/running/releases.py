"""Trees that a running stack is changed to: the next release, and the way back from it.

The next release has a new state with a new required field (docs/adding-a-state.md), and a new
optional field of the order (docs/adding-a-field.md).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.running.stacks import ROOT

NEW_STATE = "ReserveCourier"
PARTS = (
    "README.md", "api_handlers", "asl", "deployment", "operations", "orders", "sql", "tasks",
    "template.yaml", "workflows",
)  # fmt: skip
"""What a release consists of, and what renders its definition."""

_TASK = '''
"""ReserveCourier: choose the order's courier."""

from orders.documents.workflow import CourieredOrder, StoredOrder
from orders.errors import OrderAlreadySettled
from orders.handlers import task
from orders.queries import transaction
from orders.reservations import require_held


@task(title="Chooses the order's courier.", raises=(OrderAlreadySettled,))
def handler(order: StoredOrder) -> CourieredOrder:
    """Choose the courier."""
    with transaction() as sql:
        require_held(sql, order)
    return CourieredOrder(**order.model_dump(), courier="by bike")
'''
_DOCUMENT = '''class CourieredOrder(StoredOrder):
    """The order once ReserveCourier has chosen its courier."""

    label = "a courier is chosen"

    courier: str


class BackedUpOrder(CourieredOrder):'''
_FUNCTION = """  ReserveCourierFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: tasks.reserve_courier.handler

"""
_COLUMNS = "SELECT order_id, customer_id, total_amount, status, created_at"

_CHOSEN = "        BackUpOrderFunction: !Ref BackUpOrderFunction.Version\n"
_INVOCABLE = "                - !Sub ${BackUpOrderFunction.Arn}:*\n"
_READS_SECRET = "        - !Ref PersistOrderFunctionRole\n"


def _also_for_new_state(line: str) -> tuple[str, str]:
    """The line, and after it the same line for the new state's function."""
    return line, line + re.sub(r"BackUpOrder|PersistOrder", NEW_STATE, line)


CHANGES: dict[str, list[tuple[str, str]]] = {
    "orders/documents/workflow.py": [
        ("class BackedUpOrder(StoredOrder):", _DOCUMENT),
        (": str\n    items: tuple[I", ": str\n    remark: str | None = None\n    items: tuple[I"),
    ],
    "orders/documents/api.py": [
        ("customer_id: Identifier\n", "customer_id: Identifier\n    remark: str | None = None\n"),
        ("created_at: Time\n\n\n", "created_at: Time\n    remark: str | None = None\n\n\n"),
    ],
    "tasks/back_up_order.py": [("StoredOrder", "CourieredOrder")],
    "workflows/order_processing.py": [
        ("    persist_order,\n    update", "    persist_order,\n    reserve_courier,\n    update"),
        ("persist_order, back_up_order", "persist_order, reserve_courier, back_up_order"),
    ],
    "sql/queries/orders.sql": [
        ("total_amount, items\n    FROM jsonb", "total_amount, items, remark\n    FROM jsonb"),
        ("items JSONB)", "items JSONB, remark TEXT)"),
        ("total_amount, status, created_at)\n", "total_amount, status, created_at, remark)\n"),
        ("'UTC')\n    FROM document", "'UTC'), remark\n    FROM document"),
        (_COLUMNS, f"{_COLUMNS}, remark"),
    ],
    "template.yaml": [_also_for_new_state(_CHOSEN)],
}
"""The changes of the next release, in the files that this one has already."""
KEPT = [
    ("  BackUpOrderFunction:\n    Type", f"{_FUNCTION}  BackUpOrderFunction:\n    Type"),
    _also_for_new_state(_INVOCABLE),
    _also_for_new_state(_READS_SECRET),
]
"""What a rollback keeps in template.yaml, because orders in flight still call the function."""


def next_release(folder: Path) -> Path:
    """Make the tree of the next release in this folder, and render its definition."""
    changed(folder)
    _render(folder)
    return folder


def changed(folder: Path) -> None:
    """Make the tree of the next release in this folder, as a developer writes it."""
    _copy(folder)
    (folder / "tasks" / "reserve_courier.py").write_text(_TASK.lstrip())
    (folder / "sql" / "migrations" / "9000_remark.sql").write_text(
        "ALTER TABLE orders ADD COLUMN remark VARCHAR(50);\n"
    )
    for file, changes in CHANGES.items():
        _change(folder / file, changes)
    _change(folder / "template.yaml", KEPT)


def rollback(folder: Path) -> Path:
    """Make the tree that leads back: this release, with the function of the next one kept."""
    _copy(folder)
    _change(folder / "template.yaml", KEPT)
    return folder


def _copy(folder: Path) -> None:
    folder.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / part, ignore=ignored)
        else:
            shutil.copy(source, folder / part)


def _change(file: Path, changes: list[tuple[str, str]]) -> None:
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text, f"tests/running/releases.py changes {old!r}, which {file.name} lacks"
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def _render(folder: Path) -> None:
    """Prove and render the definition, as scripts/render of the folder does."""
    rendered = subprocess.run(
        [sys.executable, "-m", "workflows"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "SAGEMAKER_SUPPRESS_V2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert rendered.returncode == 0, rendered.stdout + rendered.stderr
