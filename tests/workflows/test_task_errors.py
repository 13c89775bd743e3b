"""The table of errors, against what AWS and orders/errors.py declare."""

from itertools import combinations

import botocore.session
import pytest

from orders.errors import OrderError
from workflows.task_errors import OF_AWS, Retried, leaf_names, retried


@pytest.fixture(scope="module")
def declared_by_invoke() -> set[str]:
    """Every error that Lambda's Invoke declares, as Step Functions names it."""
    lambda_ = botocore.session.get_session().get_service_model("lambda")
    return {f"Lambda.{shape.name}" for shape in lambda_.operation_model("Invoke").error_shapes}


def test_every_error_that_invoke_declares_is_in_the_table(declared_by_invoke: set[str]) -> None:
    assert len(declared_by_invoke) > 40
    missing = declared_by_invoke - {name for how in Retried for name in retried(how)}
    assert missing == set(), "decide how they are retried, in workflows/task_errors.py"


def test_every_error_of_ours_is_in_the_table() -> None:
    assert set(leaf_names(OrderError)) <= {name for how in Retried for name in retried(how)}


def test_an_error_is_retried_in_one_way() -> None:
    for one, other in combinations(Retried, 2):
        assert set(retried(one)).isdisjoint(retried(other))


@pytest.mark.parametrize("how", Retried)
def test_the_errors_are_in_order_so_that_one_is_easily_found(how: Retried) -> None:
    assert list(OF_AWS[how]) == sorted(OF_AWS[how])
