"""A test that starts a stack must say so by its fixtures."""

import subprocess
import sys

import pytest

from tests.running.stacks import UndeclaredStack


@pytest.mark.parametrize("command", [[sys.executable, "-m", "local", "--help"], ["scripts/up"]])
def test_a_stack_cannot_be_started_by_a_test_that_does_not_say_so(command: list[str]) -> None:
    with pytest.raises(UndeclaredStack, match="must request the fixture starts_a_stack"):
        subprocess.run(command, check=True)


def test_a_test_that_says_so_may_start_one(starts_a_stack: None) -> None:
    subprocess.run([sys.executable, "-m", "local", "--help"], check=True)
