"""OrderProcessingStateMachine: the saga that every order goes through.

The payload is the order. Each forward state takes it, does one step and returns it for the next
state. Whatever fails leads to FailOrder, the compensation.
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
from workflows.states import RETRY_ALL, any_error, definition, fail, forward, task

TIMEOUT_SECONDS = 14 * 3600
"""More than the budget, which asl/order_processing.md adds up.

No Catch sees this timeout: an order that runs into it is repaired by the reconciler, which leaves
an order alone as long as its execution runs.
"""


def order_processing() -> dict[str, Any]:
    """The state machine in ASL, with function names as substitutions: `${...Function}`."""
    failed = fail(
        "OrderFailed",
        comment="Ends the execution with the error and cause of the failure.",
        error="$.failure.Error",
        cause="$.failure.Cause",
    )
    compensation = any_error(then=Chain([task(fail_order, retry=RETRY_ALL), failed]))
    steps = (calculate_price, check_inventory, persist_order, back_up_order, update_status)
    return definition(
        forward(steps, catch=compensation),
        comment="Prices an order, reserves its stock, stores it, backs it up and completes it.",
        timeout_seconds=TIMEOUT_SECONDS,
    )
