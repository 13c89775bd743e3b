"""What a person sees of the machine: the diagram, the states, the budget, the price."""

from decimal import Decimal

from tests.workflows.machines import DEPLOYED, REAL, Definition, States, changed
from workflows.page import in_readme, page
from workflows.page.cost import usd_per_million

PAGE = page(REAL, DEPLOYED)
STEPS = sum(state["Type"] == "Task" for state in REAL["States"].values()) - 1
"""But for FailOrder."""


def test_the_forward_path_comes_first_and_tells_what_is_true_by_then() -> None:
    assert 'CalculatePrice -->|"every item is priced"| CheckInventory' in PAGE
    assert PAGE.index("CalculatePrice -->") < PAGE.index("UpdateStatus -->")
    assert PAGE.index("UpdateStatus -->") < PAGE.index(".->")


def test_every_catch_is_drawn_once() -> None:
    assert PAGE.count(".->") == 1
    assert 'BackUpOrder & UpdateStatus -.->|"any error"| FailOrder' in PAGE


def test_a_choice_is_drawn_with_its_ways() -> None:
    def change(_: Definition, states: States) -> None:
        rule = {"Variable": "$.total_amount", "StringEquals": "0.00", "Next": "CheckInventory"}
        look = {"Type": "Choice", "Comment": "looks.", "Choices": [rule]}
        states["Look"] = look | {"Default": "CheckInventory"}
        states["CalculatePrice"]["Next"] = "Look"

    assert 'Look -->|"Choices[0]"| CheckInventory' in page(changed(change), DEPLOYED)


def test_a_state_shows_its_errors_and_its_worst_case() -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith("| CheckInventory | Reserves"))

    assert row.endswith("| 8 + 3 | 242 s | `InsufficientStock`, `OrderAlreadySettled` |")


def test_a_million_orders_of_five_states_cost_125_dollars() -> None:
    assert usd_per_million(5) == Decimal(125)
    assert f"| goes all the way, without a retry | {STEPS} | {25 * STEPS}.00 |" in PAGE


def test_a_failing_order_pays_for_failing_too() -> None:
    assert (
        f"| fails in UpdateStatus, without a retry | {STEPS + 2} | {25 * (STEPS + 2)}.00 |" in PAGE
    )


def test_the_diagram_is_all_that_changes_in_a_readme() -> None:
    readme = "before\n```mermaid\nold\n```\nafter\n```bash\nx\n```\n"

    text = in_readme(readme, REAL, DEPLOYED)

    assert text.startswith("before\n```mermaid\nflowchart TD\n")
    assert text.endswith("```\nafter\n```bash\nx\n```\n")
    assert "\nold\n" not in text
