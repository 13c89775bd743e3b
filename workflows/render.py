"""Prove the machine, then write asl/: `scripts/render`. Writes nothing when a check fails."""

import json
import sys
from pathlib import Path

from workflows.checks import findings
from workflows.checks.surroundings import deployed
from workflows.order_processing import order_processing

TARGET = Path(__file__).parent.parent / "asl" / "order_processing.asl.json"


def rendered() -> str:
    """What asl/order_processing.asl.json must hold."""
    return json.dumps(order_processing(), indent=2) + "\n"


def main() -> None:
    """Write the file, or say why not."""
    definition = order_processing()
    if found := findings(definition, deployed()):
        sys.exit("\n".join([*found, "Nothing was written."]))
    TARGET.write_text(rendered(), encoding="utf-8")
    sys.stdout.write(f"wrote asl/{TARGET.name}\n")


if __name__ == "__main__":
    main()
