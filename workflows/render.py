"""Prove the machine, then write it, its page and its diagram: `scripts/render`.

Nothing is written when a check finds something.
"""

import json
import sys
from pathlib import Path
from typing import Any

from workflows.checks.asl import Machine
from workflows.checks.deployment import deployed
from workflows.order_processing import order_processing
from workflows.page import in_readme, page
from workflows.page.budget import budget_table
from workflows.rules import findings

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "asl" / "order_processing.asl.json"
PAGE = ROOT / "asl" / "order_processing.md"
README = ROOT / "README.md"


def rendered() -> str:
    """What asl/order_processing.asl.json must hold."""
    return json.dumps(order_processing(), indent=2) + "\n"


def files() -> dict[Path, str]:
    """What each file that is written must hold."""
    definition, deployment = order_processing(), deployed()
    return {
        TARGET: rendered(),
        PAGE: page(definition, deployment),
        README: in_readme(README.read_text("utf-8"), definition, deployment),
    }


def prove(definition: dict[str, Any]) -> None:
    """Raises SystemExit with every finding."""
    if found := findings(definition, deployed()):
        sys.exit("\n".join([*found, "Nothing was written."]))


def main() -> None:
    """Write the files and show the budget, or say why not."""
    prove(order_processing())
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    sys.stdout.write("\n" + budget_table(Machine.model_validate(order_processing())))


if __name__ == "__main__":
    main()
