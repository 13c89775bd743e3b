"""`scripts/render`: run workflows.render, or name the line of code that keeps it from running.

The machine, the tasks and the models are Python. So an exception of Python or of the authoring SDK
becomes a sentence with the file, the line and its code.
"""

import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
ABOUT_ITS_CALLERS = "orders/handlers.py"
"""The decorators, whose errors are about the code that they decorate."""


def main() -> None:
    """Render, or exit with a sentence. Imports late, because imports can fail, too."""
    try:
        import_module("workflows.render").main()
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the code
        sys.exit(f"{sentence(error)}\nNothing was written.")


def sentence(error: Exception) -> str:
    """The last line of ours that led to the error, and what the error says."""
    if isinstance(error, SyntaxError):
        file, line, code, what = _name(error.filename), error.lineno, "", error.msg
    else:
        file, line, code = [("scripts/render", 0, ""), *_lines(error)][-1]
        what = next(iter(str(error).splitlines()), "no message")
    where = f"{file}, line {line}" + (f", `{code}`" if code else "")
    return f"{where}: {type(error).__name__}: {what.rstrip('.?')}."


def _lines(error: Exception) -> Iterator[tuple[str, int, str]]:
    for frame in traceback.extract_tb(error.__traceback__):
        name = _name(frame.filename)
        if name not in ("", ABOUT_ITS_CALLERS, "workflows/__main__.py"):
            yield name, frame.lineno or 0, frame.line or ""


def _name(file: str | None) -> str:
    """The name of one of our files from the root; empty for any other."""
    path = Path(file or "")
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""


if __name__ == "__main__":
    main()
