"""Our limits on waiting, added up against the functions' timeouts in template.yaml.

What does not fit is a Sandbox.Timedout, which a state retries a few times only, and for a caller of
the API a 502. A network that loses packets uses up one limit after the other. Reading the secret
for a new connection is part of a transaction of 8 s. To a shorter one it may add 5 s, which the
sums of the routes leave out.
"""

import pytest
from botocore.config import Config

from deployment import template
from local.api_gateway.gateway import INTEGRATION_SECONDS
from orders import acceptance, database, read_your_writes
from orders.aws_errors import CLIENT_CONFIG, HASTY_CONFIG, ONE_ATTEMPT
from workflows.states import FUNCTION_SECONDS

TEMPLATE = template.read()
MAX_BACKOFF = 1
"""botocore waits up to a second before its second attempt (mode "standard")."""


def longest(config: Config) -> float:
    """How long a call of AWS can take, in seconds."""
    attempts = config.retries["total_max_attempts"]
    each = config.connect_timeout + config.read_timeout
    return float(attempts * each + (attempts - 1) * MAX_BACKOFF)


AWS_CALL = longest(CLIENT_CONFIG)
AWS_READ = longest(ONE_ATTEMPT)
LOOK = read_your_writes.MAX_SECONDS_FOR_LOOKING
CHANGE = read_your_writes.MAX_SECONDS_FOR_CHANGE
NOTE = acceptance.MAX_SECONDS_FOR_TRANSACTION
FIRST_NOTE = acceptance.MAX_SECONDS_FOR_FIRST_NOTE
LAST_POLL = 2 * LOOK
"""A poll that began just in time: the note and the row, each in a transaction."""
IN_A_REQUEST: dict[str, list[float]] = {
    "CreateOrderFunction": [
        AWS_CALL + acceptance.MAX_SECONDS_FOR_NOTE,
        NOTE + AWS_CALL + FIRST_NOTE + NOTE + AWS_READ + NOTE,  # with a key that is known
    ],
    "ListOrdersFunction": [database.MAX_SECONDS],
    "GetOrderFunction": [LOOK + read_your_writes.MAX_SECONDS_FOR_ROW + LAST_POLL],
    "UpdateOrderFunction": [
        read_your_writes.MAX_SECONDS_FOR_END + LOOK + CHANGE,
        read_your_writes.SECONDS_BEFORE_ASKING + LOOK + LOOK + AWS_READ + LOOK + CHANGE,
    ],
    "GetStatusFunction": [
        read_your_writes.MAX_SECONDS_UNTIL_SHOWN + LOOK + 3 * AWS_READ,  # history, status, history
    ],
}
"""The longest sequences of waits in each route, in seconds; DELETE's are those of PUT."""
IN_A_REQUEST["DeleteOrderFunction"] = IN_A_REQUEST["UpdateOrderFunction"]


def test_begin_and_the_secret_leave_time_to_connect() -> None:
    before = database.MAX_SECONDS_FOR_BEGIN + longest(HASTY_CONFIG)

    assert before + 1 <= database.MAX_SECONDS


def test_connecting_leaves_time_for_a_statement_when_the_secret_is_warm() -> None:
    before = database.MAX_SECONDS_FOR_BEGIN + database.MAX_SECONDS_FOR_CONNECTING

    assert before + 2 <= database.MAX_SECONDS
    assert before <= 2 + acceptance.MAX_SECONDS_FOR_TRANSACTION


@pytest.mark.parametrize("name", TEMPLATE.functions)
def test_a_transaction_and_a_call_of_aws_end_before_any_function(name: str) -> None:
    assert max(database.MAX_SECONDS, AWS_CALL) < TEMPLATE.functions[name].timeout


def test_the_state_machine_knows_the_timeout_of_the_tasks() -> None:
    tasks = [each for each in TEMPLATE.functions.values() if each.handler.startswith("tasks.")]

    assert {task.timeout for task in tasks} == {FUNCTION_SECONDS}


@pytest.mark.parametrize("name", IN_A_REQUEST)
def test_a_route_answers_before_its_function_times_out(name: str) -> None:
    assert max(IN_A_REQUEST[name]) < TEMPLATE.functions[name].timeout


@pytest.mark.parametrize("name", sorted({route.function for route in TEMPLATE.routes}))
def test_a_function_of_the_api_times_out_before_api_gateway_does(name: str) -> None:
    assert TEMPLATE.functions[name].timeout < INTEGRATION_SECONDS
