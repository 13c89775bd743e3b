"""States that lead nowhere, back, or are never reached."""

from tests.workflows.machines import FIRST, FORWARD, LAST, Definition, States, after, refused


@refused(f"BackUpOrder: Next leads to {LAST[:-1]}, which is not a state: {LAST} is meant")
def test_a_misspelt_next_is_refused(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Next"] = LAST[:-1]


@refused("BackUpOrder: Catch[0] leads to Nowhere, which is not a state: add it, or name one of")
def test_a_catch_that_leads_nowhere_is_refused(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Catch"][0]["Next"] = "Nowhere"


@refused(f"The machine starts at {FIRST}s, which is not a state: {FIRST} is meant")
def test_a_misspelt_start_is_refused(machine: Definition, _: States) -> None:
    machine["StartAt"] = f"{FIRST}s"


@refused(f"{FORWARD[1]} is never reached: let a state lead to it, or remove it")
def test_a_state_that_is_skipped_is_refused(_: Definition, states: States) -> None:
    states[FIRST]["Next"] = after(FORWARD[1])


@refused(f"{FORWARD[0]} is never reached", f"{FORWARD[1]} is never reached")
def test_states_before_the_start_are_refused(machine: Definition, _: States) -> None:
    machine["StartAt"] = FORWARD[2]


@refused("BackUpOrder -> BackUpOrder is a cycle, so its worst case has no end")
def test_a_catch_that_leads_back_is_refused(_: Definition, states: States) -> None:
    again = {"ErrorEquals": ["BackupUnavailable"], "ResultPath": None, "Next": "BackUpOrder"}
    states["BackUpOrder"]["Catch"].insert(0, again)


@refused(f"{LAST} -> {LAST} is a cycle")
def test_a_last_state_that_leads_to_itself_is_refused(_: Definition, states: States) -> None:
    del states[LAST]["End"]
    states[LAST]["Next"] = LAST


@refused(f"The machine never ends well: {' -> '.join(FORWARD)} -> FailOrder -> OrderFailed has no")
def test_a_machine_that_can_only_fail_is_refused(_: Definition, states: States) -> None:
    del states[LAST]["End"]
    states[LAST]["Next"] = "FailOrder"
