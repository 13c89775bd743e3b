"""Write asl/ from workflows/: `scripts/render`."""

import json
import sys
from pathlib import Path

from workflows.order_processing import order_processing

TARGET = Path(__file__).parent.parent / "asl" / "order_processing.asl.json"


def rendered() -> str:
    """What asl/order_processing.asl.json must hold."""
    return json.dumps(order_processing(), indent=2) + "\n"


def main() -> None:
    """Write the file."""
    TARGET.write_text(rendered(), encoding="utf-8")
    sys.stdout.write(f"wrote asl/{TARGET.name}\n")


if __name__ == "__main__":
    main()
