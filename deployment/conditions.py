"""The conditions of IAM statements, evaluated for the requests that this system makes."""

from collections.abc import Callable, Mapping
from typing import Any

from deployment.cloudformation import ACCOUNT, REGION
from deployment.errors import InvalidTemplate
from deployment.wildcards import matches

CONTEXT = {
    "aws:principalaccount": ACCOUNT,
    "aws:requestedregion": REGION,
    "aws:resourceaccount": ACCOUNT,
    "aws:securetransport": "true",
}
"""What every request of the deployed system has in common, by condition key.

On AWS the functions use TLS. The local cloud uses plain HTTP and counts it as TLS, so a policy such
as OnlyOverTls has no effect there.
"""


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "ArnLike": matches,
    "Bool": lambda wanted, actual: wanted.lower() == actual,
    "StringEquals": lambda wanted, actual: wanted == actual,
    "StringLike": matches,
}


def are_met(conditions: Mapping[str, Any], where: str) -> bool:
    """Whether all conditions of a statement hold; `where` names the statement for errors.

    Raises InvalidTemplate for an operator or a key whose value is not known here.
    """
    tests = [
        _is_met(operator, key, wanted, where)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    ]
    return all(tests)


def _is_met(operator: str, key: str, wanted: Any, where: str) -> bool:  # noqa: ANN401  # YAML
    if operator not in OPERATORS:
        known = ", ".join(OPERATORS)
        raise InvalidTemplate(f"{where} has a {operator} condition: only {known} are evaluated.")
    if key.lower() not in CONTEXT:
        raise InvalidTemplate(
            f"{where} depends on {key}, whose value is not known here: remove the condition, or "
            "add the key to deployment/conditions.py."
        )
    values = wanted if isinstance(wanted, list) else [wanted]
    return any(OPERATORS[operator](_text(value), CONTEXT[key.lower()]) for value in values)


def _text(value: Any) -> str:  # noqa: ANN401  # YAML
    return str(value).lower() if isinstance(value, bool) else str(value)
