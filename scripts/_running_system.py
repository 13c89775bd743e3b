"""What stack.json says of the running local system, for scripts that talk to it."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".local"
"""Where a system keeps its data that was started without --data."""


class NotRunning(Exception):
    """No system can be found, and why: one sentence."""


def described(data: Path) -> dict[str, Any]:
    """What the system wrote whose data is in the folder. Raises NotRunning."""
    try:
        system: dict[str, Any] = json.loads((data / "stack.json").read_text())
        _ = system["lambda_url"], system["api_key"], system["environment"]["AWS_SESSION_TOKEN"]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotRunning(f"No system runs with its data in {data}.") from error
    except OSError as error:
        raise NotRunning(f"{data}/stack.json cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        sentence = f"{data}/stack.json is of another release: use the scripts of that release."
        raise NotRunning(sentence) from error
    return system
