"""Write docs/openapi.json: `scripts/render`."""

import sys

from openapi.document import TARGET, rendered


def main() -> None:
    """Write the file, and print its name."""
    TARGET.write_text(rendered(), encoding="utf-8")
    sys.stdout.write(f"wrote docs/{TARGET.name}\n")


if __name__ == "__main__":
    main()
