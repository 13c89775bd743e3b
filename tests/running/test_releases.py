"""The trees that the deployment test makes, from the files as they are today."""

from pathlib import Path

from deployment import template
from tests.running.releases import NEW_STATE, changed, rollback

FUNCTION = f"{NEW_STATE}Function"


def test_the_changes_of_the_next_release_fit_todays_files(tmp_path: Path) -> None:
    changed(tmp_path / "next")

    machine = template.read(tmp_path / "next" / "template.yaml").state_machine
    assert machine.may_invoke(machine.substitutions[FUNCTION])


def test_the_way_back_keeps_the_function_that_orders_in_flight_call(tmp_path: Path) -> None:
    read = template.read(rollback(tmp_path / "back") / "template.yaml")

    assert read.state_machine.may_invoke(f"{read.functions[FUNCTION].arn}:2")
    assert FUNCTION not in read.state_machine.substitutions
