"""Injects every fault into every task, once and for ever, on the engine and through the API.

After each there must be one row, stock must have moved once, and after a run of the reconciler
the doctor must find nothing (it runs once for all orders that fail at the same time). With
`--all` the whole matrix runs, and is written to docs/failure-matrix.md; else a thinned one.
"""

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from tests.running.builders import Document, a_line, an_order, in_event
from tests.running.definition import BEST_EFFORT, COMPENSATING_TASK, TASKS
from tests.running.in_process import TEMPLATE
from tests.running.shop import Shop
from tests.running.stacks import ROOT
from tests.running.waiting import eventually

TABLE = ROOT / "docs" / "failure-matrix.md"
STOCK, WANTED = 10, 3
SOON: Document = {"kind": "timeout", "after": 0.5}
HANGING: Document = {"kind": "hang", "after": 0.2}

ROTATED = "the password of PostgreSQL is rotated"
FUNCTION_FAULTS: dict[str, Document] = {
    "a bug raises": {"kind": "raise"},
    "a bug raises, work done": {"kind": "raise", "when": "after"},
    "unavailable": {"kind": "raise", "error": "DatabaseUnavailable"},
    "times out": SOON,
    "times out at commit": SOON | {"when": "at_commit"},
    "times out, work done": SOON | {"when": "after"},
    "times out, work goes on": {"kind": "late", "delay": 0.5},
    "delivered twice": {"kind": "twice"},
    "killed": {"kind": "kill"},
    "killed at commit": {"kind": "kill", "when": "at_commit"},
    "killed after commit": {"kind": "kill", "when": "after_commit"},
    "throttled": {"kind": "throttle"},
    "not ready": {"kind": "invoke_error", "error": "ResourceNotReadyException"},
    "PostgreSQL refuses": {"kind": "refuse"},
    "PostgreSQL has no connection left": {"kind": "full"},
    ROTATED: {"kind": "rotate"},
    "PostgreSQL hangs": HANGING,
    "PostgreSQL hung up before": {"kind": "drop"},
    "PostgreSQL hangs up at commit": {"kind": "drop", "when": "at_commit"},
    "PostgreSQL hangs up after commit": {"kind": "drop", "when": "after_commit"},
}
CRASHES: dict[str, Document] = {  # these affect every order, so they run one by one
    "PostgreSQL restarts": {"kind": "crash"},
    "PostgreSQL restarts at commit": {"kind": "crash", "when": "at_commit"},
    "PostgreSQL restarts after commit": {"kind": "crash", "when": "after_commit"},
}
S3_FAULTS: dict[str, Document] = {
    "S3 answers 500": {"kind": "error"},
    "S3 answers 500, work done": {"kind": "error", "when": "after"},
    "S3 is slow": {"kind": "slow", "seconds": 4},
    "S3 throttles": {"kind": "error", "status": 503, "code": "SlowDown"},
    "S3 hangs up, work done": {"kind": "cut", "when": "after"},
}
START_FAULTS: dict[str, Document] = {
    "StartExecution answers 500": {"kind": "error"},
    "StartExecution answers 500, started": {"kind": "error", "when": "after"},
    "StartExecution throttles": {"kind": "error", "status": 400, "code": "ThrottlingException"},
    "StartExecution is slow, started": {"kind": "slow", "seconds": 4, "when": "after"},
    "StartExecution hangs up, started": {"kind": "cut", "when": "after"},
}
NOTE_FAULTS: dict[str, Document] = {
    "the order is not noted": {"kind": "refuse"},
    "the order is not noted, PostgreSQL hangs": HANGING,
}
AT_ONCE = 30
NONE = SimpleNamespace(params={})
HEAD = """# What becomes of an order when something fails

Written by `scripts/test --all tests/system/test_failure_matrix.py`: each cell was run on the
engine, through the API. In every cell the order ended as one row, its stock was taken once or
given back once, and the doctor found nothing. A column is the state in which the fault was
injected (POST: before the workflow starts). A cell is empty where the fault cannot occur.

"Work done": the fault came after the task's work. "Work goes on": the caller got a timeout, and
the task ran later. "Started": the execution had started. "Hangs": the connection stayed open, but
neither it nor a new one got an answer. "Hung up": the connection was cut. "Not ready": Lambda had
put the function to sleep. "Not noted": PostgreSQL refused the connection of the POST, or did not
answer; it started the execution all the same.
"""
AWS_TRIES = 2
"""The AWS clients of orders/ make so many attempts; a fault must fail all of them to be seen."""


@dataclass(frozen=True)
class Cell:
    """One fault in one state; `state` is "POST" for a fault before the workflow starts."""

    fault: str
    state: str
    for_ever: bool

    @property
    def customer(self) -> str:
        """The customer whose order the fault is limited to."""
        often = "ever" if self.for_ever else "once"
        return f"{self.fault[:32]} {self.state[:8]} {often}"

    @property
    def name(self) -> str:
        """The cell's test id in pytest."""
        return f"{self.state}: {self.fault}, {'for ever' if self.for_ever else 'once'}"


def every_cell() -> Iterator[Cell]:
    """The whole matrix."""
    for for_ever in (False, True):
        for fault in (*FUNCTION_FAULTS, *CRASHES):
            for state in TASKS:
                cell = Cell(fault, state, for_ever)
                if is_possible(cell):
                    yield cell
        yield from (Cell(fault, "BackUpOrder", for_ever) for fault in S3_FAULTS)
    yield from (Cell(fault, "POST", for_ever=False) for fault in START_FAULTS | NOTE_FAULTS)


def is_possible(cell: Cell) -> bool:
    """Whether the fault can occur: a task without the database has no commit and no connection."""
    if cell.fault == "PostgreSQL restarts" and cell.for_ever:
        return False  # the dead connection may be replaced before the task needs it
    return uses_database(cell.state) or not ("commit" in cell.fault or "PostgreSQL" in cell.fault)


def uses_database(state: str) -> bool:
    """Whether the state's task opens a transaction."""
    module, _, _ = TEMPLATE.functions[f"{state}Function"].handler.rpartition(".")
    return hasattr(importlib.import_module(module), "transaction")


def is_thin(cell: Cell) -> bool:
    """Whether the cell is in the thinned matrix.

    It has every fault once, those of functions in every other state, and the worst ones for ever,
    without those that the compensation retries for hours, in 58 attempts.
    """
    if cell.fault in CRASHES:
        return cell.state in ("CheckInventory", COMPENSATING_TASK) and not cell.for_ever
    worst = ["delivered twice", "a bug raises"]
    if cell.state != COMPENSATING_TASK:
        worst += ["killed after commit", "times out, work goes on"]
    if cell.for_ever:
        return cell.fault in worst
    if cell.fault not in FUNCTION_FAULTS:
        return True
    return not (list(FUNCTION_FAULTS).index(cell.fault) + TASKS.index(cell.state)) % 2


def expected(cell: Cell) -> str:
    """What must become of the order."""
    if cell.state == COMPENSATING_TASK:
        return "failed, repaired by the reconciler" if keeps_failing(cell) else "failed"
    if cell.fault in ("delivered twice", "PostgreSQL hung up before"):
        return "processing"
    if cell.state in BEST_EFFORT:
        return "processing"
    if cell.fault.startswith("a bug"):
        return "failed"  # a bug is not retried
    return "failed" if cell.for_ever and cell.state != "POST" else "processing"


def keeps_failing(cell: Cell) -> bool:
    """Whether the compensation fails at every attempt."""
    harmless = ("work done", "work goes on", "twice", "after commit", "hung up before")
    return cell.for_ever and not any(words in cell.fault for words in harmless)


@pytest.fixture(scope="module")
def outcomes(own: Shop, request: pytest.FixtureRequest) -> dict[Cell, str]:
    """What became of each cell's order. All run at the same time, except for the crashes."""
    chosen = [getattr(item, "callspec", NONE).params for item in request.session.items]
    cells = [parameters["cell"] for parameters in chosen if "cell" in parameters]
    together = [cell for cell in cells if cell.fault not in (*CRASHES, ROTATED)]
    batches = [together[start : start + AT_ONCE] for start in range(0, len(together), AT_ONCE)]
    ends = {cell: end for batch in batches for cell, end in run(own, batch).items()}
    ends |= run(own, [cell for cell in cells if cell.fault == ROTATED])
    for cell in cells:
        if cell.fault in CRASHES:
            ends |= run(own, [cell])
    return ends


def run(shop: Shop, cells: list[Cell]) -> dict[Cell, str]:
    """Inject the faults; returns what became of the orders."""
    products = {cell: shop.product(stock=STOCK) for cell in cells}
    ids = {cell: posted(shop, cell, products[cell]) for cell in cells}
    for order_id in ids.values():
        shop.end(order_id, seconds=300)
    shop.until_idle()  # late invocations may still be running
    unused = [fault["where"] for fault in shop.planned() if fault["times"] is not None]
    assert unused == [], "faults that were planned once and not triggered"
    shop.clear_faults()
    before = {cell: status_of(shop, ids[cell]) for cell in cells}
    shop.reconcile(at_most=1000)
    assert shop.findings() == [], f"after {[cell.name for cell in cells]}"
    return {cell: outcome(shop, cell, ids[cell], products[cell], before[cell]) for cell in cells}


def posted(shop: Shop, cell: Cell, product: str) -> str:
    """Plan the fault and post the order until it is accepted; returns its id."""
    order = json.dumps(an_order(a_line(product, WANTED), customer_id=cell.customer))
    plan(shop, cell, order)
    # With a key, POST asks PostgreSQL before it starts the execution, and would be refused.
    headers = {} if cell.fault in NOTE_FAULTS else {"Idempotency-Key": cell.name}

    def accepted() -> str:
        answer = shop.api.post("/orders", content=order, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["order_id"])

    return eventually(accepted)


def plan(shop: Shop, cell: Cell, order: str) -> None:
    """Plan the cell's fault for its customer alone; to reach FailOrder, PersistOrder fails."""
    if cell.fault in NOTE_FAULTS:
        shop.plan("CreateOrder", NOTE_FAULTS[cell.fault] | {"where": {"body": in_event(order)}})
        return
    mine = {"customer_id": cell.customer}
    if cell.state == COMPENSATING_TASK:
        shop.plan("PersistOrder", {"kind": "raise", "times": None, "where": mine})
    if fault := (FUNCTION_FAULTS | CRASHES).get(cell.fault):
        shop.plan(cell.state, fault | {"times": None if cell.for_ever else 1, "where": mine})
        return
    fault = (S3_FAULTS | START_FAULTS)[cell.fault]
    operation = "PutObject" if cell.fault in S3_FAULTS else "StartExecution"
    often = {"times": None if cell.for_ever else AWS_TRIES}
    shop.plan_aws(operation, fault | often | {"where": {"contains": cell.customer}})


def status_of(shop: Shop, order_id: str) -> str | None:
    """The status in the order's row, if there is one."""
    row = shop.order_row(order_id)
    return str(row["status"]) if row else None


def outcome(shop: Shop, cell: Cell, order_id: str, product: str, before: str | None) -> str:
    """What became of the order, in words, with every violated invariant."""
    status = status_of(shop, order_id)
    words = [str(status)]
    if status != before:
        words.append("repaired by the reconciler")
    held = WANTED if status == "processing" else 0
    if shop.stock(product) != STOCK - held:
        words.append(f"stock is {shop.stock(product)}")
    (count,) = shop.rows("SELECT count(*) FROM orders WHERE customer_id = :c", c=cell.customer)
    if count["count"] != 1:
        words.append(f"{count['count']} rows")
    return ", ".join(words)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All cells with `--all`, the thinned set without."""
    if "cell" in metafunc.fixturenames:
        whole = metafunc.config.getoption("--all")
        cells = [cell for cell in every_cell() if whole or is_thin(cell)]
        metafunc.parametrize("cell", cells, ids=[cell.name for cell in cells])


def test_the_order_ends_as_it_must(outcomes: dict[Cell, str], cell: Cell) -> None:
    assert outcomes[cell] == expected(cell)


def test_the_table_in_docs_says_the_same(
    outcomes: dict[Cell, str],
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("table", table(outcomes))
    if request.config.getoption("--all"):
        TABLE.write_text(table(outcomes), encoding="utf-8")
    assert TABLE.read_text("utf-8") == table({cell: expected(cell) for cell in every_cell()})


def table(outcomes: dict[Cell, str]) -> str:
    """The matrix in Markdown: a row for each fault, a column for each state."""
    columns = ("POST", *TASKS)
    faults = dict.fromkeys(cell.fault for cell in every_cell())
    parts = [HEAD]
    for for_ever, title in ((False, "Once"), (True, "For ever")):
        parts.append(f"\n## {title}\n\n| Fault | {' | '.join(columns)} |\n")
        parts.append("|---" * (len(columns) + 1) + "|\n")
        for fault in faults:
            row = [outcomes.get(Cell(fault, state, for_ever), "") for state in columns]
            if any(row):
                parts.append(f"| {fault} | {' | '.join(row)} |\n")
    return "".join(parts)
