"""Every task state, every fault, once and for ever, on the engine and through the API.

After each: one row, stock moved once, and, when the reconciler has run, a doctor who finds
nothing (asked once for the orders that fail at the same time). The whole matrix (`--all`) is
written to docs/failure-matrix.md; without it a thinned one runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from tests.conftest import ROOT, a_running_stack
from tests.running.builders import Document, a_line, an_order
from tests.running.shop import Shop
from tests.running.waiting import eventually
from tests.running.walking import FORWARD

STATES = (*FORWARD, "FailOrder")
TABLE = ROOT / "docs" / "failure-matrix.md"
STOCK, WANTED = 10, 3
SOON: Document = {"kind": "timeout", "after": 0.5}

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
    "PostgreSQL refuses": {"kind": "refuse"},
    "PostgreSQL hung up before": {"kind": "drop"},
    "PostgreSQL hangs up at commit": {"kind": "drop", "when": "at_commit"},
    "PostgreSQL hangs up after commit": {"kind": "drop", "when": "after_commit"},
}
CRASHES: dict[str, Document] = {  # these befall everyone, so they come one by one
    "PostgreSQL restarts": {"kind": "crash"},
    "PostgreSQL restarts at commit": {"kind": "crash", "when": "at_commit"},
    "PostgreSQL restarts after commit": {"kind": "crash", "when": "after_commit"},
}
S3_FAULTS: dict[str, Document] = {
    "S3 answers 500": {"kind": "error"},
    "S3 answers 500, work done": {"kind": "error", "when": "after"},
    "S3 is slow": {"kind": "slow", "seconds": 4},
}
START_FAULTS: dict[str, Document] = {
    "StartExecution answers 500": {"kind": "error"},
    "StartExecution answers 500, started": {"kind": "error", "when": "after"},
}
AT_ONCE = 30
NONE = SimpleNamespace(params={})
HEAD = """# What becomes of an order when something fails

Written by `scripts/test --all tests/workflows/test_failure_matrix.py`: each cell was run on the
engine, through the API. In every one of them the order ended as one row, its stock was taken once
or given back once, and the doctor found nothing. Columns are the states of the workflow in which
the fault struck (POST: before it); empty where a fault cannot strike.
"""
AWS_TRIES = 2
"""How often orders/aws.py asks; a fault that is to be felt strikes as often."""


@dataclass(frozen=True)
class Cell:
    """One fault in one state; `state` is "POST" for what strikes before the workflow."""

    fault: str
    state: str
    for_ever: bool

    @property
    def customer(self) -> str:
        """Whom the fault is aimed at."""
        often = "ever" if self.for_ever else "once"
        return f"{self.fault[:32]} {self.state[:8]} {often}"

    @property
    def name(self) -> str:
        """For pytest."""
        return f"{self.state}: {self.fault}, {'for ever' if self.for_ever else 'once'}"


def every_cell() -> Iterator[Cell]:
    """The whole matrix."""
    for for_ever in (False, True):
        for fault in (*FUNCTION_FAULTS, *CRASHES):
            for state in STATES:
                cell = Cell(fault, state, for_ever)
                if is_possible(cell):
                    yield cell
        yield from (Cell(fault, "BackUpOrder", for_ever) for fault in S3_FAULTS)
    yield from (Cell(fault, "POST", for_ever=False) for fault in START_FAULTS)


def is_possible(cell: Cell) -> bool:
    """BackUpOrder uses no database; and a server that restarts may be back in time."""
    if cell.fault == "PostgreSQL restarts" and cell.for_ever:
        return False  # the dead connection is replaced: a race that may be won
    return cell.state != "BackUpOrder" or not ("commit" in cell.fault or "PostgreSQL" in cell.fault)


def is_thin(cell: Cell) -> bool:
    """Whether the cell is in the thinned set: all faults once, the worst for ever."""
    if cell.fault in CRASHES:
        return cell.state in ("CheckInventory", "FailOrder") and not cell.for_ever
    worst = ("killed after commit", "times out, work goes on", "delivered twice", "a bug raises")
    return not cell.for_ever or cell.fault in worst


def expected(cell: Cell) -> str:
    """What must become of the order."""
    if cell.state == "FailOrder":
        return "failed, settled by the reconciler" if keeps_failing(cell) else "failed"
    if cell.fault in ("delivered twice", "PostgreSQL hung up before"):
        return "processing"
    if cell.fault.startswith("a bug"):
        return "failed"  # trying again does not mend a bug
    return "failed" if cell.for_ever and cell.state != "POST" else "processing"


def keeps_failing(cell: Cell) -> bool:
    """Whether no run of FailOrder gets its work done."""
    harmless = ("work done", "work goes on", "twice", "after commit", "hung up before")
    return cell.for_ever and not any(words in cell.fault for words in harmless)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A stack of its own, so that the doctor may be asked about all of it."""
    with a_running_stack("--faults", "--schedules", "0") as running:
        yield running


@pytest.fixture(scope="module")
def outcomes(shop: Shop, request: pytest.FixtureRequest) -> dict[Cell, str]:
    """What became of each cell's order: all orders at once, but for those of crashes."""
    chosen = [getattr(item, "callspec", NONE).params for item in request.session.items]
    cells = [parameters["cell"] for parameters in chosen if "cell" in parameters]
    together = [cell for cell in cells if cell.fault not in CRASHES]
    batches = [together[start : start + AT_ONCE] for start in range(0, len(together), AT_ONCE)]
    alone = [[cell] for cell in cells if cell.fault in CRASHES]
    return {cell: told for batch in batches + alone for cell, told in run(shop, batch).items()}


def run(shop: Shop, cells: list[Cell]) -> dict[Cell, str]:
    """Let the faults strike, and tell what became of the orders."""
    products = {cell: shop.product(stock=STOCK) for cell in cells}
    ids = {cell: posted(shop, cell, products[cell]) for cell in cells}
    for order_id in ids.values():
        shop.end(order_id, seconds=120)
    shop.until_idle()  # what was told to be late, and is at work still
    unstruck = [fault["where"] for fault in shop.planned() if fault["times"] is not None]
    assert unstruck == [], "faults that were to strike once and did not"
    shop.clear_faults()
    before = {cell: status_of(shop, ids[cell]) for cell in cells}
    shop.reconcile(at_most=1000)
    assert shop.findings() == [], f"after {[cell.name for cell in cells]}"
    return {cell: outcome(shop, cell, ids[cell], products[cell], before[cell]) for cell in cells}


def posted(shop: Shop, cell: Cell, product: str) -> str:
    """Plan the fault and post the order, again until it is accepted; gives its id."""
    plan(shop, cell)
    order = an_order(a_line(product, WANTED), customer_id=cell.customer)

    def accepted() -> str:
        answer = shop.api.post("/orders", json=order, headers={"Idempotency-Key": cell.name})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["order_id"])

    return eventually(accepted)


def plan(shop: Shop, cell: Cell) -> None:
    """The cell's fault, for its customer alone; an order must fail to come to FailOrder."""
    mine = {"customer_id": cell.customer}
    if cell.state == "FailOrder":
        shop.plan("PersistOrder", {"kind": "raise", "times": None, "where": mine})
    if fault := (FUNCTION_FAULTS | CRASHES).get(cell.fault):
        shop.plan(cell.state, fault | {"times": None if cell.for_ever else 1, "where": mine})
        return
    fault = (S3_FAULTS | START_FAULTS)[cell.fault]
    operation = "PutObject" if cell.fault in S3_FAULTS else "StartExecution"
    often = {"times": None if cell.for_ever else AWS_TRIES}
    shop.plan_aws(operation, fault | often | {"where": {"contains": cell.customer}})


def status_of(shop: Shop, order_id: str) -> str | None:
    """What the order's row says, if there is one."""
    row = shop.order_row(order_id)
    return str(row["status"]) if row else None


def outcome(shop: Shop, cell: Cell, order_id: str, product: str, before: str | None) -> str:
    """In words; what breaks an invariant is part of them."""
    status = status_of(shop, order_id)
    told = [str(status)]
    if status != before:
        told.append("settled by the reconciler")
    held = WANTED if status == "processing" else 0
    if shop.stock(product) != STOCK - held:
        told.append(f"stock is {shop.stock(product)}")
    (count,) = shop.rows("SELECT count(*) FROM orders WHERE customer_id = :c", c=cell.customer)
    if count["count"] != 1:
        told.append(f"{count['count']} rows")
    return ", ".join(told)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All cells with `--all`, the thinned set without."""
    if "cell" in metafunc.fixturenames:
        whole = metafunc.config.getoption("--all")
        cells = [cell for cell in every_cell() if whole or is_thin(cell)]
        metafunc.parametrize("cell", cells, ids=[cell.name for cell in cells])


def test_the_order_ends_as_it_must(outcomes: dict[Cell, str], cell: Cell) -> None:
    assert outcomes[cell] == expected(cell)


def test_the_table_in_docs_says_the_same(
    outcomes: dict[Cell, str], request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{table(outcomes)}")  # noqa: T201 - for who looks at the run
    if request.config.getoption("--all"):
        TABLE.write_text(table(outcomes), encoding="utf-8")
    assert TABLE.read_text("utf-8") == table({cell: expected(cell) for cell in every_cell()})


def table(outcomes: dict[Cell, str]) -> str:
    """In Markdown: a row per fault, a column per state; empty where nothing was run."""
    columns = ("POST", *STATES)
    faults = dict.fromkeys(cell.fault for cell in every_cell())
    parts = [HEAD]
    for for_ever, title in ((False, "Once"), (True, "For ever")):
        parts.append(f"\n## {title}\n\n| Fault | {' | '.join(columns)} |\n")
        parts.append("|---" * (len(columns) + 1) + "|\n")
        for fault in faults:
            told = [outcomes.get(Cell(fault, state, for_ever), "") for state in columns]
            if any(told):
                parts.append(f"| {fault} | {' | '.join(told)} |\n")
    return "".join(parts)
