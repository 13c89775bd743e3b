"""What the rules know of our saga: its input, its output, its compensation and its stores."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel

from orders.documents.api import OrderDetails
from orders.documents.workflow import AcceptedOrder, ProcessedOrder, WorkflowDocument


class Saga(NamedTuple):
    """A saga from its input to its output.

    `compensation` is the state that undoes a failed order. `stored_as` is the order in the API and
    in its backup. `ends_in` maps a field of the input (`note`, `items[].note`) to the last state
    that needs it: the outputs of that state and of later ones, and `stored_as`, may lack the field.
    """

    input: type[WorkflowDocument] = AcceptedOrder
    output: type[WorkflowDocument] = ProcessedOrder
    compensation: str = "FailOrder"
    stored_as: type[BaseModel] = OrderDetails
    ends_in: Mapping[str, str] = {}


ORDER_PROCESSING = Saga(
    ends_in={"request_id": "UpdateStatus"}  # it is for the logs, and no part of the order
)
