"""The definition that Step Functions Local 1.4.0 gets differs only in what it cannot parse."""

import json

from tests.running.definition import DEFINITION
from tests.running.old_engine import parseable

NEW = ("MaxDelaySeconds", "JitterStrategy", "ErrorPath", "CausePath")


def test_no_field_is_left_that_it_cannot_parse() -> None:
    text = json.dumps(parseable(DEFINITION))

    assert [name for name in NEW if name in json.dumps(DEFINITION)] == list(NEW)
    assert [name for name in NEW if f'"{name}"' in text] == []


def test_errors_attempts_and_transitions_stay() -> None:
    given, left = DEFINITION["States"]["FailOrder"], parseable(DEFINITION)["States"]["FailOrder"]

    assert left | {"Retry": None} == given | {"Retry": None}
    assert [(one["ErrorEquals"], one["MaxAttempts"]) for one in left["Retry"]] == [
        (one["ErrorEquals"], one["MaxAttempts"]) for one in given["Retry"]
    ]
