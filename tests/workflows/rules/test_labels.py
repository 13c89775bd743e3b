"""Output models that do not say what is true of the order by then."""

from orders.documents.workflow import ProcessedOrder
from tests.workflows.machines import LAST, REAL, assert_sentences, spec_of, with_specs
from workflows.checks.asl import Machine
from workflows.rules.labels import check_labels


class OrderWithoutLabel(ProcessedOrder):
    """Inherits the label of ProcessedOrder."""


def test_an_output_without_a_label_of_its_own_is_refused() -> None:
    spec = spec_of(LAST)._replace(output=OrderWithoutLabel)

    assert_sentences(
        list(check_labels(Machine.model_validate(REAL), with_specs({LAST: spec}))),
        f"{LAST} returns OrderWithoutLabel, which has no label of its own for the diagram",
    )
