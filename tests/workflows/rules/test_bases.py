"""Output models that are not based on the state's input."""

from orders.documents.workflow import BackedUpOrder, StoredOrder
from tests.workflows.machines import assert_refused, spec_of, with_specs


class CourieredOrder(StoredOrder):
    """What a changed PersistOrder returns."""

    label = "a courier is reserved"
    courier: str


def test_an_output_that_is_not_based_on_the_input_is_refused() -> None:
    specs = {
        "PersistOrder": spec_of("PersistOrder")._replace(output=CourieredOrder),
        "BackUpOrder": spec_of("BackUpOrder")._replace(input=CourieredOrder, output=BackedUpOrder),
    }

    assert_refused(
        "BackUpOrder takes CourieredOrder and returns BackedUpOrder, which is not based on it: "
        "make CourieredOrder the base of BackedUpOrder.",
        deployment=with_specs(specs),
    )
