"""What people see of the machine: the diagram, the states, the budget, the cost."""

from decimal import Decimal

import pytest

from tests.workflows.machines import DEPLOYED, FIRST, FORWARD, LAST, REAL, after, spec_of
from workflows.checks.payloads import label_of
from workflows.page.cost import usd_per_million
from workflows.page.document import page, with_diagram
from workflows.task_errors import OF_AWS, Retried

PAGE = page(REAL, DEPLOYED)
LINES = [line.strip() for line in PAGE.splitlines()]


@pytest.mark.parametrize("state", FORWARD[:-1])
def test_an_arrow_says_what_is_true_once_its_state_has_run(state: str) -> None:
    assert f'{state} -->|"{label_of(spec_of(state).output)}"| {after(state)}' in LINES


def test_the_first_arrow_says_what_is_true_of_an_accepted_order() -> None:
    assert f'start((start)) -->|"the order is accepted"| {FIRST}' in LINES


def test_the_forward_path_comes_first() -> None:
    places = [PAGE.index(f"{state} -->") for state in FORWARD]

    assert places == sorted(places)
    assert places[-1] < PAGE.index(".->")


def test_all_catches_are_one_arrow() -> None:
    assert PAGE.count(".->") == 1
    assert f'{" & ".join(FORWARD)} -.->|"any error"| FailOrder' in LINES


def test_a_state_shows_its_task_its_longest_time_and_its_errors() -> None:
    (row,) = (line for line in LINES if line.startswith("| CheckInventory | Reserves"))

    assert "| `tasks/check_inventory.py`, `CheckInventoryFunction` |" in row
    assert row.endswith("| 16 + 2 | 951 s | `InsufficientStock`, `OrderAlreadySettled` |")


def test_the_fail_state_shows_where_its_error_comes_from() -> None:
    (row,) = (line for line in LINES if line.startswith("| OrderFailed | Ends"))

    assert row.endswith("| `$.failure.Error` |")


def test_a_million_orders_of_five_states_cost_125_dollars() -> None:
    assert usd_per_million(5) == Decimal(125)


def test_an_order_costs_a_transition_for_every_state() -> None:
    forward = len(FORWARD)
    assert f"| succeeds without a retry | {forward} | {25 * forward}.00 |" in LINES
    assert f"| fails in {FIRST} without a retry | 3 | 75.00 |" in LINES
    assert f"| fails in {LAST} without a retry | {forward + 2} | {25 * (forward + 2)}.00 |" in LINES


def test_only_the_diagram_changes_in_a_readme() -> None:
    readme = "before\n```mermaid\nold\n```\nafter\n```bash\nx\n```\n"

    text = with_diagram(readme, REAL, DEPLOYED)

    assert text.startswith("before\n```mermaid\nflowchart TD\n")
    assert text.endswith("```\nafter\n```bash\nx\n```\n")
    assert "\nold\n" not in text


def test_the_page_says_how_long_an_error_is_retried() -> None:
    assert (
        "| Transient errors | forward states | 16 | 1, 2, 4 ... 60 s | 331.5 s | 663 s |" in LINES
    )
    assert "| Lost invocations | forward states | 2 | 1, 2 s | 1.5 s | 3 s |" in LINES
    assert "| Permanent errors | forward states | none |  |  |  |" in LINES
    assert "| Permanent errors | FailOrder | 6 | 1, 2, 4 ... 10 s | 17.5 s | 35 s |" in LINES


@pytest.mark.parametrize("how", Retried)
def test_the_page_names_every_error(how: Retried) -> None:
    assert {name for name in OF_AWS[how] if f"| `{name}` |" not in PAGE} == set()
