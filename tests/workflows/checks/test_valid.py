"""Changes that leave the machine right."""

from tests.workflows.machines import (
    DEPLOYED,
    FORWARD,
    Definition,
    States,
    accepted,
    changed,
    spec_of,
)
from workflows.rules.proof import findings
from workflows.rules.saga import ORDER_PROCESSING


@accepted
def test_the_real_machine_is_accepted(_: Definition, __: States) -> None: ...


@accepted
def test_a_day_is_not_too_long_for_the_machine(machine: Definition, _: States) -> None:
    machine["TimeoutSeconds"] = 86_400


@accepted
def test_a_state_may_wait_longer(_: Definition, states: States) -> None:
    states["BackUpOrder"]["TimeoutSeconds"] = 20


@accepted
def test_a_state_may_have_another_retrier(_: Definition, states: States) -> None:
    patiently = states["BackUpOrder"]["Retry"][0]
    patiently["ErrorEquals"].remove("BackupUnavailable")
    longer = patiently | {"ErrorEquals": ["BackupUnavailable"], "MaxAttempts": 20}
    states["BackUpOrder"]["Retry"].append(longer)


@accepted
def test_a_named_error_may_be_caught_before_all_others(_: Definition, states: States) -> None:
    named = states["BackUpOrder"]["Catch"][0] | {"ErrorEquals": ["OrderAlreadySettled"]}
    states["BackUpOrder"]["Catch"].insert(0, named)


def test_a_machine_with_other_states_may_be_right() -> None:
    """No check knows our states by name, except the compensation."""
    kept = FORWARD[:2]

    def shorten(_: Definition, states: States) -> None:
        for name in FORWARD[2:]:
            del states[name]
        del states[kept[-1]]["Next"]
        states[kept[-1]]["End"] = True

    output: type = spec_of(kept[-1]).output
    ends_in = dict.fromkeys(ORDER_PROCESSING.ends_in, kept[-1])
    shorter = ORDER_PROCESSING._replace(output=output, ends_in=ends_in)
    assert findings(changed(shorten), DEPLOYED, shorter) == []
