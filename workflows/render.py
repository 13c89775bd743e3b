"""Prove the machine, then write its ASL, its page and the README's diagram.

Nothing is written when there is a finding.
"""

import json
import sys
from pathlib import Path
from typing import Any

from deployment.errors import InvalidTemplate
from deployment.template import load
from workflows.checks.asl import Machine
from workflows.checks.deployment import deployed
from workflows.order_processing import order_processing
from workflows.page.budget import budget_table
from workflows.page.document import page, with_diagram
from workflows.rules.connections import ASL
from workflows.rules.proof import findings
from workflows.rules.template import template_findings
from workflows.states import NotAMachine

ROOT = Path(__file__).parent.parent
TARGET = ASL
PAGE = ROOT / "asl" / "order_processing.md"
README = ROOT / "README.md"


def rendered() -> str:
    """The text of asl/order_processing.asl.json."""
    return json.dumps(order_processing(), indent=2) + "\n"


def files() -> dict[Path, str]:
    """The text of each file that is written."""
    definition, deployment = order_processing(), deployed()
    return {
        TARGET: rendered(),
        PAGE: page(definition, deployment),
        README: with_diagram(README.read_text("utf-8"), definition, deployment),
    }


def prove(definition: dict[str, Any]) -> None:
    """Raises SystemExit with every finding."""
    try:
        found = findings(definition, deployed()) or template_findings(load())
    except InvalidTemplate as error:
        found = [str(error)]
    if found:
        sys.exit("\n".join([*found, "Nothing was written."]))


def main() -> None:
    """Write the files and print the budget, or exit with the findings."""
    try:
        prove(order_processing())
    except NotAMachine as error:
        sys.exit(f"{error}\nNothing was written.")
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    sys.stdout.write("\n" + budget_table(Machine.model_validate(order_processing())))
