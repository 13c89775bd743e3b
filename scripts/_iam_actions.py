"""Compare deployment/iam_actions.py with the Service Authorization Reference in cfn-lint.

Run by scripts/check in the environment of sam, which has cfn-lint.
"""

import re
import sys
from collections.abc import Iterator
from typing import Any

from cfnlint.data import AdditionalSpecs  # type: ignore[import-not-found]  # of sam's environment
from cfnlint.helpers import load_resource  # type: ignore[import-not-found]  # as above

from deployment.iam_actions import RESOURCES


def findings() -> Iterator[str]:
    """The actions that AWS does not know, or performs on another resource than the table says."""
    services: dict[str, Any] = load_resource(AdditionalSpecs, "Policies.json")
    for action, pattern in RESOURCES.items():
        service, name = action.split(":")
        known = services.get(service, {}).get("Actions", {}).get(name.lower())
        if known is None:
            yield f"{action} is no action of AWS: correct deployment/iam_actions.py."
        elif not _agrees(pattern, known.get("Resources", []), services[service]["Resources"]):
            yield f"{action} is not performed on {pattern}: correct deployment/iam_actions.py."


def _agrees(pattern: str, types: list[str], resources: dict[str, Any]) -> bool:
    """Whether the pattern begins as the ARN of one of the action's types of resources."""
    if not types or pattern == r"\*":
        return not types and pattern == r"\*"
    known = {name.lower(): each for name, each in resources.items()}
    formats = [arn for each in types for arn in known[each.lower()]["ARNFormats"]]
    return any(_kind(pattern) == _kind(arn) for arn in formats)


def _kind(arn: str) -> tuple[str, str]:
    """The service and the type of the resource, `("states", "execution")`, of an ARN's pattern."""
    parts = re.sub(r"\$\{\w+\}|\[\^:\]\+|\\d\+", "", arn).split(":")
    return parts[2], parts[5] if len(parts) > 6 else ""  # a bucket has no type


if __name__ == "__main__":
    sys.exit("\n".join(findings()) or 0)
