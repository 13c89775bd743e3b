"""Output models that are not based on the state's input."""

from orders.documents.workflow import BackedUpOrder, StoredOrder
from tests.workflows.machines import REAL, spec_of, with_specs
from workflows.checks.asl import Machine
from workflows.rules.bases import check_bases

MACHINE = Machine.model_validate(REAL)


class CourieredOrder(StoredOrder):
    """What a new state before BackUpOrder returns."""

    courier: str


def test_an_output_that_is_not_based_on_the_input_is_refused() -> None:
    spec = spec_of("BackUpOrder")._replace(input=CourieredOrder, output=BackedUpOrder)

    assert list(check_bases(MACHINE, with_specs({"BackUpOrder": spec}))) == [
        (
            "BackUpOrder takes CourieredOrder and returns BackedUpOrder, which is not based on it: "
            "make CourieredOrder the base of BackedUpOrder."
        )
    ]
