"""The task states of OrderProcessingStateMachine: one file each, one public function `handler`.

A task takes the order as the state before left it, does one thing to it in one transaction,
and returns it for the next state. Step Functions may run a task twice or late, so each is
idempotent. Tasks import orders and never each other; what two tasks share belongs in orders.
"""
