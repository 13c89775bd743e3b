"""What counts as a way that was taken, and that a missing one is told."""

from collections.abc import Iterator

from tests.running.builders import Document
from tests.scenarios.paths import Edge, edges_of, failures, table, taken

BUSY, ALL = "Lambda.TooManyRequestsException", "States.ALL"
DEFINITION: Document = {
    "States": {
        "Pick": {
            "Type": "Task",
            "Next": "Send",
            "Retry": [{"ErrorEquals": [BUSY]}, {"ErrorEquals": ["States.Timeout"]}],
            "Catch": [
                {"ErrorEquals": ["Gone"], "Next": "Failed"},
                {"ErrorEquals": [ALL], "Next": "Undo"},
            ],
        },
        "Send": {"Type": "Task", "End": True, "Catch": [{"ErrorEquals": [ALL], "Next": "Undo"}]},
        "Undo": {"Type": "Task", "Next": "Failed", "Retry": [{"ErrorEquals": [ALL]}]},
        "Failed": {"Type": "Fail"},
    }
}
WELL = Edge("Pick", "Next"), Edge("Send", "End")


def history(*told: str) -> Iterator[Document]:
    """`Pick` enters it, `!Gone` is a try that failed, `end` and `fail` end the execution."""
    yield {"type": "ExecutionStarted"}
    for word in told:
        if word in ("end", "fail"):
            yield {"type": "ExecutionSucceeded" if word == "end" else "ExecutionFailed"}
        elif word == "try":
            yield {"type": "TaskScheduled"}
        elif word.startswith("!"):
            yield {"type": "TaskFailed", "taskFailedEventDetails": {"error": word[1:]}}
        elif word == "late":
            yield {"type": "TaskTimedOut", "taskTimedOutEventDetails": {}}
        else:
            yield {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": word}}


def ways(*told: str) -> list[Edge]:
    return list(taken(DEFINITION, history(*told)))


def test_a_definition_has_every_next_catch_retry_and_end() -> None:
    assert edges_of(DEFINITION) == [
        *(Edge("Pick", way) for way in ("Next", "Catch[0]", "Catch[1]", "Retry[0]", "Retry[1]")),
        *(Edge("Send", way) for way in ("End", "Catch[0]")),
        *(Edge("Undo", way) for way in ("Next", "Retry[0]", "fails")),
        Edge("Failed", "fails"),
    ]


def test_an_execution_that_goes_well_takes_next_and_end() -> None:
    assert ways("Pick", "try", "Send", "try", "end") == [*WELL]


def test_a_try_after_an_error_takes_the_retry_that_names_it() -> None:
    told = ("Pick", "try", f"!{BUSY}", "try", "late", "try", "Send", "try", "end")

    assert ways(*told) == [Edge("Pick", "Retry[0]"), Edge("Pick", "Retry[1]"), *WELL]


def test_a_state_entered_after_an_error_was_led_to_by_the_catch_that_names_it() -> None:
    assert ways("Pick", "try", "!Gone", "Failed")[-1] == Edge("Pick", "Catch[0]")
    assert ways("Pick", "try", "!Bug", "Undo")[-1] == Edge("Pick", "Catch[1]")


def test_an_error_that_nothing_catches_fails_the_execution() -> None:
    assert ways("Undo", "try", "!Bug", "fail") == [Edge("Undo", "fails")]


def test_a_way_that_the_definition_does_not_have_is_none_of_its_edges() -> None:
    strange = [
        *ways("Pick", "try", "!Bug", "try"),
        *ways("Send", "try", "!Bug", "Failed"),
        *ways("Pick", "try", "Undo"),
    ]

    assert strange == [
        Edge("Pick", "Retry of Bug"),
        Edge("Send", "Catch[0] to Failed"),
        Edge("Pick", "Next to Undo"),
    ]
    assert set(strange).isdisjoint(edges_of(DEFINITION))


def test_a_way_that_was_never_taken_is_told() -> None:
    told = table(DEFINITION, ways("Pick", "try", f"!{BUSY}", "try", "Send", "try", "end"))

    assert told.splitlines()[0] == "Ways through the state machine: 3 of 11 taken"
    (pick,) = (line for line in told.splitlines() if line.startswith("Pick"))
    assert pick.split() == ["Pick", "1", "never", "never", "1", "never"]


def test_the_errors_of_tries_are_told_by_state() -> None:
    told = history("Pick", "try", f"!{BUSY}", "try", "Send", "try", "late", "Undo")

    assert failures(told) == {"Pick": [BUSY], "Send": ["States.Timeout"]}
