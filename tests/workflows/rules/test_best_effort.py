"""A state whose failure must not fail the order, which goes on to the next state as it was."""

from tests.workflows.machines import (
    DEPLOYED,
    FORWARD,
    LAST,
    Definition,
    States,
    assert_sentences,
    changed,
    spec_of,
)
from workflows.page.document import page
from workflows.rules.proof import findings

BEFORE = FORWARD[-2]
TAKEN = spec_of(BEFORE).output
NOTIFY = DEPLOYED["BackUpOrderFunction"]._replace(
    spec=spec_of("BackUpOrder")._replace(input=TAKEN, output=TAKEN)
)
DEPLOYMENT = {**DEPLOYED, "NotifyFunction": NOTIFY}


def with_notify(definition: Definition, states: States) -> None:
    """Put a best-effort state before the last one."""
    goes_on = {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": LAST}
    states["Notify"] = {
        **states["BackUpOrder"],
        "Parameters": {"FunctionName": "${NotifyFunction}", "Payload.$": "$"},
        "Retry": [states["BackUpOrder"]["Retry"][1]],
        "Catch": [goes_on],
        "Next": LAST,
    }
    states[BEFORE]["Next"] = "Notify"


def found(definition: Definition) -> list[str]:
    return findings(definition, DEPLOYMENT)


def test_the_order_goes_on_after_a_failure() -> None:
    assert found(changed(with_notify)) == []


def test_the_page_shows_it() -> None:
    text = page(changed(with_notify), DEPLOYMENT)

    assert f'Notify -.->|"any error, best effort"| {LAST}' in text
    assert "| Notify | Puts the order's backup into the bucket. Best effort. |" in text


def test_a_failure_must_not_change_the_order() -> None:
    def change(definition: Definition, states: States) -> None:
        with_notify(definition, states)
        states["Notify"]["Catch"][0]["ResultPath"] = "$.failure"

    first, *_ = found(changed(change))
    assert first.startswith(
        f"{LAST} takes {TAKEN.__name__}, and Catch[0] of Notify passes an unknown"
    )


def test_the_order_must_not_go_on_elsewhere() -> None:
    def change(definition: Definition, states: States) -> None:
        with_notify(definition, states)
        states["Notify"]["Catch"][0]["Next"] = "FailOrder"

    first, *_ = found(changed(change))
    assert first.startswith(
        "FailOrder takes FailingOrder, and Catch[0] of Notify passes no failure"
    )


def test_what_the_next_state_relies_on_must_not_be_best_effort() -> None:
    """BackUpOrder, for example, says that there is a backup: that is not true once it failed."""

    def change(_: Definition, states: States) -> None:
        states[BEFORE]["Catch"][0] |= {"ResultPath": None, "Next": LAST}

    assert_sentences(
        found(changed(change)), f"{LAST} takes {TAKEN.__name__}, and Catch[0] of {BEFORE} passes"
    )
