from local.faults.fault_plan import Fault, FaultPlan, as_json


class Named(Fault):
    name: str = "any"


def triggered(plan: FaultPlan[Named], times: int, function: str = "A") -> list[str | None]:
    found = [plan.trigger(function, lambda _: True) for _ in range(times)]
    return [fault.name if fault else None for fault in found]


def test_faults_are_triggered_in_order_each_its_number_of_times() -> None:
    plan = FaultPlan[Named]()
    plan.replace("A", [Named(name="first", times=2), Named(name="second")])
    assert triggered(plan, 4) == ["first", "first", "second", None]


def test_a_fault_without_a_number_is_triggered_until_it_is_removed() -> None:
    plan = FaultPlan[Named]()
    plan.replace("A", [Named(times=None)])
    assert triggered(plan, 5) == ["any"] * 5
    plan.replace("A", [])
    assert triggered(plan, 1) == [None]


def test_faults_belong_to_one_name() -> None:
    plan = FaultPlan[Named]()
    plan.replace("A", [Named()])
    assert triggered(plan, 1, "B") == [None]
    assert triggered(plan, 1, "A") == ["any"]


def test_the_first_fault_that_matches_is_triggered_and_the_others_stay() -> None:
    plan = FaultPlan[Named]()
    plan.replace("A", [Named(name="one"), Named(name="other")])
    assert plan.trigger("A", lambda fault: fault.name == "other") == Named(name="other")
    assert triggered(plan, 2) == ["one", None]


def test_adding_faults_keeps_those_that_are_planned() -> None:
    plan = FaultPlan[Named]()
    plan.add("A", [Named(name="first")])
    plan.add("A", [Named(name="second")])
    assert triggered(plan, 3) == ["first", "second", None]


def test_clearing_removes_the_faults_of_all_names() -> None:
    plan = FaultPlan[Named]()
    plan.add("A", [Named()])
    plan.add("B", [Named()])
    plan.clear()
    assert triggered(plan, 1, "A") + triggered(plan, 1, "B") == [None, None]


def test_the_remaining_faults_are_reported_with_how_often_they_remain() -> None:
    plan = FaultPlan[Named]()
    plan.replace("A", [Named(times=3)])
    triggered(plan, 1)
    plan.replace("B", [Named()])
    triggered(plan, 1, "B")
    assert as_json(plan) == {"A": [{"times": 2, "for_seconds": None, "name": "any"}]}


def test_a_fault_with_seconds_is_triggered_until_they_are_over() -> None:
    now = [100.0]
    plan = FaultPlan[Named](lambda: now[0])
    plan.add("A", [Named(name="short", for_seconds=10)])
    now[0] = 105
    plan.add("A", [Named(name="long", for_seconds=10)])
    assert triggered(plan, 3) == ["short"] * 3
    now[0] = 110
    assert triggered(plan, 3) == ["long"] * 3
    assert [fault["name"] for fault in as_json(plan)["A"]] == ["long"]
    now[0] = 115
    assert triggered(plan, 1) == [None]
    assert as_json(plan) == {}


def test_a_fault_can_be_limited_both_in_seconds_and_in_number() -> None:
    now = [100.0]
    plan = FaultPlan[Named](lambda: now[0])
    plan.replace("A", [Named(times=2, for_seconds=10)])
    assert triggered(plan, 3) == ["any", "any", None]
