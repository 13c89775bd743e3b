"""The quotas, against the operations that template.yaml permits."""

import re

import pytest

from local.command_line import ROOT
from local.unkind.quotas import QUOTAS

PERMITTED = set(
    re.findall(r"\b(?:states|secretsmanager):(\w+)", (ROOT / "template.yaml").read_text())
)


@pytest.mark.parametrize("operation", sorted(PERMITTED))
def test_every_operation_that_a_function_may_call_has_a_quota(operation: str) -> None:
    assert operation in QUOTAS
