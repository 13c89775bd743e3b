"""Which executions are running, for tests: /faults reports it without quotas and delays."""

import time
from typing import Any

from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from deployment.cloudformation import ACCOUNT, REGION
from local.unkind.visibility import MAX_SECONDS


def running_executions(*, shown_late: bool) -> list[str]:
    """The names of running executions; with `shown_late`, also of those still shown as running."""
    since = time.time() - (MAX_SECONDS if shown_late else 0)
    machines = stepfunctions_parser_backends[ACCOUNT][REGION].state_machines
    executions: list[Any] = [each for machine in machines for each in machine.executions]
    return [
        str(each.name)
        for each in executions
        if each.stop_date is None or each.stop_date.timestamp() > since
    ]
