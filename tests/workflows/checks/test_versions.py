"""Definitions that call functions without a version, and roles that lock orders in flight out."""

from pathlib import Path

import pytest

from tests.workflows.checks.test_functions import deployed_from
from tests.workflows.machines import assert_refused

PERMISSION = "- !Sub ${BackUpOrderFunction.Arn}:*"


def test_a_function_that_is_called_without_a_version_is_refused(tmp_path: Path) -> None:
    unversioned = deployed_from(
        tmp_path,
        "BackUpOrderFunction: !Ref BackUpOrderFunction.Version",
        "BackUpOrderFunction: !GetAtt BackUpOrderFunction.Arn",
    )

    assert_refused(
        "BackUpOrder runs BackUpOrderFunction without a version, so a deployment would change the "
        "code of orders in flight: substitute `!Ref BackUpOrderFunction.Version`",
        deployment=unversioned,
    )


@pytest.mark.parametrize(
    "permission",
    [
        "- !Ref BackUpOrderFunction.Version",
        f"{PERMISSION}\n                - !GetAtt BackUpOrderFunction.Arn",
        f"{PERMISSION}\n                - !Sub ${{BackUpOrderFunction.Arn}}*",
    ],
    ids=["one version", "also without a version", "by a wildcard also without a version"],
)
def test_a_role_that_may_invoke_anything_but_every_version_is_refused(
    tmp_path: Path, permission: str
) -> None:
    locked_out = deployed_from(tmp_path, PERMISSION, permission)

    assert_refused(
        "BackUpOrder runs BackUpOrderFunction, and orders in flight call older versions of it: "
        "let the state machine's role invoke every version, and nothing else of it, with "
        "`!Sub ${BackUpOrderFunction.Arn}:*` in RunTheTasks",
        deployment=locked_out,
    )
