"""OrderProcessingStateMachine, told top to bottom.

An order is a document that flows through it: every state takes the document, does one
thing to it, and hands it on. Whatever goes wrong on the way leads to FailOrder.
"""

from typing import Any

from stepfunctions.steps import Chain

from tasks import (
    back_up_order,
    calculate_price,
    check_inventory,
    fail_order,
    persist_order,
    update_status,
)
from workflows.states import RETRY_ALL, any_error, definition, fail, task

TIMEOUT_SECONDS = 1800
"""More than every state at its worst, one after the other: asl/order_processing.md adds it up.

When it passes, no Catch sees it, and only the reconciler can settle the order.
"""


def order_processing() -> dict[str, Any]:
    """The state machine in ASL, function names left as `${...Function}`."""
    failed = fail(
        "OrderFailed",
        comment="The order is recorded as failed; this is why.",
        error="$.failure.Error",
        cause="$.failure.Cause",
    )
    undo = any_error(then=Chain([task(fail_order, retry=RETRY_ALL), failed]))
    steps = (calculate_price, check_inventory, persist_order, back_up_order, update_status)
    return definition(
        Chain([task(step, catch=undo) for step in steps]),
        comment="Prices an order, takes stock, stores it, backs it up and moves it on.",
        timeout_seconds=TIMEOUT_SECONDS,
    )
