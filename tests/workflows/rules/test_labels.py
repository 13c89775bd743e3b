"""Output models that do not say what is true of the order by then."""

from orders.documents.workflow import StoredOrder
from tests.workflows.machines import assert_refused, spec_of, with_specs


class OrderWithoutLabel(StoredOrder):
    """Inherits the label of StoredOrder."""


def test_an_output_without_a_label_of_its_own_is_refused() -> None:
    spec = spec_of("PersistOrder")._replace(output=OrderWithoutLabel)

    assert_refused(
        "PersistOrder returns OrderWithoutLabel, which has no label of its own for the diagram",
        deployment=with_specs({"PersistOrder": spec}),
    )
