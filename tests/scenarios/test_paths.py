"""How an execution's exits are read from its history, and that a missing one is reported."""

from collections.abc import Iterator

from tests.running.builders import Document
from tests.scenarios.paths import Exit, exits_of, failures, table, taken

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
WELL = Exit("Pick", "Next"), Exit("Send", "End")


def history(*words: str) -> Iterator[Document]:
    """`Pick` enters that state, `!Gone` fails an attempt, `end` and `fail` end the execution."""
    yield {"type": "ExecutionStarted"}
    for word in words:
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


def exits(*words: str) -> list[Exit]:
    return list(taken(DEFINITION, history(*words)))


def test_a_definition_has_every_next_catch_retry_and_end() -> None:
    assert exits_of(DEFINITION) == [
        *(Exit("Pick", name) for name in ("Next", "Catch[0]", "Catch[1]", "Retry[0]", "Retry[1]")),
        *(Exit("Send", name) for name in ("End", "Catch[0]")),
        *(Exit("Undo", way) for way in ("Next", "Retry[0]", "fails")),
        Exit("Failed", "fails"),
    ]


def test_an_execution_that_goes_well_takes_next_and_end() -> None:
    assert exits("Pick", "try", "Send", "try", "end") == [*WELL]


def test_an_attempt_after_an_error_takes_the_retry_that_names_the_error() -> None:
    words = ("Pick", "try", f"!{BUSY}", "try", "late", "try", "Send", "try", "end")

    assert exits(*words) == [Exit("Pick", "Retry[0]"), Exit("Pick", "Retry[1]"), *WELL]


def test_a_state_entered_after_an_error_takes_the_catch_that_names_the_error() -> None:
    assert exits("Pick", "try", "!Gone", "Failed")[-1] == Exit("Pick", "Catch[0]")
    assert exits("Pick", "try", "!Bug", "Undo")[-1] == Exit("Pick", "Catch[1]")


def test_an_error_that_nothing_catches_fails_the_execution() -> None:
    assert exits("Undo", "try", "!Bug", "fail") == [Exit("Undo", "fails")]


def test_an_exit_that_the_definition_does_not_have_is_none_of_its_exits() -> None:
    strange = [
        *exits("Pick", "try", "!Bug", "try"),
        *exits("Send", "try", "!Bug", "Failed"),
        *exits("Pick", "try", "Undo"),
    ]

    assert strange == [
        Exit("Pick", "Retry of Bug"),
        Exit("Send", "Catch[0] to Failed"),
        Exit("Pick", "Next to Undo"),
    ]
    assert set(strange).isdisjoint(exits_of(DEFINITION))


def test_the_table_says_which_exits_were_never_taken() -> None:
    walked = exits("Pick", "try", f"!{BUSY}", "try", "Send", "try", "end")

    lines = table(DEFINITION, walked).splitlines()

    assert lines[0] == "Paths through the state machine: 3 of 11 exits taken"
    (pick,) = (line for line in lines if line.startswith("Pick"))
    assert pick.split() == ["Pick", "1", "never", "never", "1", "never"]


def test_the_errors_of_failed_attempts_are_listed_by_state() -> None:
    events = history("Pick", "try", f"!{BUSY}", "try", "Send", "try", "late", "Undo")

    assert failures(events) == {"Pick": [BUSY], "Send": ["States.Timeout"]}
