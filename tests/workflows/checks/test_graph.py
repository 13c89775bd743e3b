"""States that lead nowhere, back, or are led to by none."""

from tests.workflows.machines import Definition, States, refused


@refused("BackUpOrder: Next leads to UpdateStats, which is not a state: UpdateStatus is meant")
def test_a_misspelt_next(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Next"] = "UpdateStats"


@refused("BackUpOrder: Catch[0] leads to Nowhere, which is not a state: add it, or name one of")
def test_a_catch_that_leads_nowhere(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Catch"][0]["Next"] = "Nowhere"


@refused("The machine starts at CalculatePrices, which is not a state: CalculatePrice is meant")
def test_a_start_that_is_not_there(machine: Definition, _: States) -> None:
    machine["StartAt"] = "CalculatePrices"


@refused("CheckInventory is never reached: let a state lead to it, or take it out")
def test_a_state_that_is_passed_by(_: Definition, states: States) -> None:
    states["CalculatePrice"]["Next"] = "PersistOrder"


@refused("CalculatePrice is never reached", "CheckInventory is never reached")
def test_a_start_in_the_middle(machine: Definition, _: States) -> None:
    machine["StartAt"] = "PersistOrder"


@refused("BackUpOrder -> BackUpOrder is a circle, so its worst case has no end")
def test_a_catch_that_goes_back(_: Definition, states: States) -> None:
    again = {"ErrorEquals": ["BackupUnavailable"], "ResultPath": None, "Next": "BackUpOrder"}
    states["BackUpOrder"]["Catch"].insert(0, again)


@refused("UpdateStatus -> UpdateStatus is a circle", "The machine never ends well")
def test_a_last_state_that_leads_to_itself(_: Definition, states: States) -> None:
    del states["UpdateStatus"]["End"]
    states["UpdateStatus"]["Next"] = "UpdateStatus"


@refused("The machine never ends well: let its last state say End")
def test_a_machine_that_can_only_fail(_: Definition, states: States) -> None:
    del states["UpdateStatus"]["End"]
    states["UpdateStatus"]["Next"] = "FailOrder"
