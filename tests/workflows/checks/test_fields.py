"""Machines that ASL itself, or our part of it, does not allow: asl.py, retrying.py, reading.py."""

from tests.workflows.machines import Definition, States, refused


@refused("CheckInventory: Cathc is a field that the checks do not know: Catch is meant")
def test_a_misspelt_catch(_: Definition, states: States) -> None:
    states["CheckInventory"]["Cathc"] = states["CheckInventory"].pop("Catch")


@refused("CheckInventory: HeartbeatSeconds is a field that the checks do not know: take it out")
def test_a_field_that_the_checks_cannot_judge(_: Definition, states: States) -> None:
    states["CheckInventory"]["HeartbeatSeconds"] = 5


@refused("The machine: QueryLanguage is a field that the checks do not know")
def test_a_machine_in_jsonata(machine: Definition, _: States) -> None:
    machine["QueryLanguage"] = "JSONata"


@refused("The machine: StartAt is missing")
def test_no_start(machine: Definition, _: States) -> None:
    del machine["StartAt"]


@refused("The machine: TimeoutSeconds is missing: without it one lost call keeps the order")
def test_a_machine_without_a_timeout(machine: Definition, _: States) -> None:
    del machine["TimeoutSeconds"]


@refused("BackUpOrder has no Type that the checks know: use one of Task, Pass")
def test_a_state_of_unknown_type(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Type"] = "Map"


@refused("BackUpOrder has no Type that the checks know")
def test_a_state_without_a_type(_: Definition, states: States) -> None:
    del states["BackUpOrder"]["Type"]


@refused("BackUpOrder has neither Next nor End: name the state that comes next")
def test_a_transition_removed(_: Definition, states: States) -> None:
    del states["BackUpOrder"]["Next"]


@refused("BackUpOrder has both Next and End")
def test_a_state_that_ends_and_goes_on(_: Definition, states: States) -> None:
    states["BackUpOrder"]["End"] = True


@refused("BackUpOrder: TimeoutSeconds is missing")
def test_a_task_without_a_timeout(_: Definition, states: States) -> None:
    del states["BackUpOrder"]["TimeoutSeconds"]


@refused("BackUpOrder: TimeoutSeconds must be a whole number of seconds")
def test_a_timeout_in_words(_: Definition, states: States) -> None:
    states["BackUpOrder"]["TimeoutSeconds"] = "15"


@refused("BackUpOrder: Retry is missing: without it one dropped connection fails the order")
def test_a_task_without_a_retry(_: Definition, states: States) -> None:
    del states["BackUpOrder"]["Retry"]


@refused("BackUpOrder: Retry must be a list of at least one entry")
def test_an_empty_retry(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Retry"] = []


@refused("FailOrder: Retry names States.ALL, which must be alone in the last entry")
def test_all_errors_retried_before_named_ones(_: Definition, states: States) -> None:
    states["FailOrder"]["Retry"].reverse()


@refused("PersistOrder: Catch names States.ALL, which must be alone in the last entry")
def test_all_errors_caught_together_with_a_named_one(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ErrorEquals"].append("States.Timeout")


@refused("PersistOrder: Retry names DatabaseUnavailable twice, and only the first counts")
def test_an_error_in_two_retriers(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][0]["ErrorEquals"].append("DatabaseUnavailable")


@refused("PersistOrder: Retry[0].ErrorEquals must be a list of error names")
def test_a_retrier_for_no_error(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][0]["ErrorEquals"] = []


@refused("PersistOrder: Retry[1] has a MaxDelaySeconds of 1 and an IntervalSeconds of 1")
def test_a_longest_delay_no_longer_than_the_first(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["MaxDelaySeconds"] = 1


@refused("PersistOrder: Retry[1].MaxDelaySeconds is missing: without it the waits double for ever")
def test_delays_without_a_longest(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Retry"][1]["MaxDelaySeconds"]


@refused("PersistOrder: Retry[1].JitterStrategy is missing: without it all orders of an outage")
def test_a_retry_without_jitter(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Retry"][1]["JitterStrategy"]


@refused("PersistOrder: Retry[1].BackoffRate must be 1 to 10")
def test_a_number_as_text(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["BackoffRate"] = "2.0"


@refused("PersistOrder says null for End: say it, or take it out")
def test_a_field_of_null(_: Definition, states: States) -> None:
    states["PersistOrder"]["End"] = None


@refused("The machine says null for StartAt: say it, or take it out")
def test_a_machine_that_starts_at_null(machine: Definition, _: States) -> None:
    machine["StartAt"] = None


@refused("The machine: TimeoutSeconds must be 1 to 86400 whole seconds")
def test_a_machine_that_may_hang_for_weeks(machine: Definition, _: States) -> None:
    machine["TimeoutSeconds"] = 1_800_000


@refused("PersistOrder: Retry[1].IntervalSeconds must be 1 to 3600 whole seconds")
def test_a_retry_without_a_pause(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["IntervalSeconds"] = 0


@refused("PersistOrder: Retry[1].BackoffRate must be 1 to 10, as 2.0: under 1")
def test_a_retry_that_hurries(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["BackoffRate"] = 0.5


@refused("PersistOrder: Retry[1].MaxAttempts must be 1 to 10: 0 would switch the retry off")
def test_a_retry_that_never_tries(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["MaxAttempts"] = 0


@refused("PersistOrder: Retry[1].MaxAttempts must be 1 to 10")
def test_a_retry_without_end(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["MaxAttempts"] = 999


@refused("PersistOrder: Retry[1].JitterStrategy must be FULL or NONE")
def test_an_unknown_jitter(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["JitterStrategy"] = "HALF"


@refused("PersistOrder: Resource must be arn:aws:states:::lambda:invoke: a function's own ARN")
def test_a_function_called_by_its_arn(_: Definition, states: States) -> None:
    states["PersistOrder"]["Resource"] = "${PersistOrderFunction}"


@refused("PersistOrder: Parameters.FunctionName must be a substitution")
def test_a_function_by_its_plain_name(_: Definition, states: States) -> None:
    states["PersistOrder"]["Parameters"]["FunctionName"] = "PersistOrderFunction"


@refused("PersistOrder: Parameters.FunctionName is missing")
def test_no_function_at_all(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Parameters"]["FunctionName"]


@refused("PersistOrder: Parameters.Payload.$ must be $, the whole document")
def test_a_task_that_gets_a_part_of_the_document(_: Definition, states: States) -> None:
    states["PersistOrder"]["Parameters"]["Payload.$"] = "$.items"


@refused("PersistOrder: Parameters.Payload.$ is missing: without it the task gets no order")
def test_a_task_that_gets_nothing(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Parameters"]["Payload.$"]


@refused("PersistOrder does not hand on the function's answer alone: set OutputPath to $.Payload")
def test_a_task_that_hands_on_lambdas_whole_answer(_: Definition, states: States) -> None:
    del states["PersistOrder"]["OutputPath"]


@refused("PersistOrder: Catch[0] has the ResultPath $ (the default), which wipes the order")
def test_a_catch_whose_result_path_is_everything(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ResultPath"] = "$"


@refused("PersistOrder: Catch[0] has the ResultPath $ (the default), which wipes the order")
def test_a_catch_without_a_result_path(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Catch"][0]["ResultPath"]


@refused("OrderFailed does not say its error and its cause once each")
def test_a_failure_without_a_cause(_: Definition, states: States) -> None:
    del states["OrderFailed"]["CausePath"]


@refused("Look: Default is missing: nothing catches a Choice that nothing matches")
def test_a_choice_that_may_match_nothing(_: Definition, states: States) -> None:
    rule = {"Variable": "$.customer_id", "StringEquals": "X", "Next": "BackUpOrder"}
    states["Look"] = {"Type": "Choice", "Comment": "looks.", "Choices": [rule]}


@refused(f"{'X' * 81} is a name of more than 80 characters: shorten it")
def test_a_name_that_is_too_long(_: Definition, states: States) -> None:
    states["X" * 81] = states.pop("OrderFailed")


@refused("PersistOrder: Comment must be 1 to 100 characters")
def test_a_comment_that_is_a_page(_: Definition, states: States) -> None:
    states["PersistOrder"]["Comment"] = "and then " * 20


@refused("The machine has 1,")
def test_a_machine_over_a_megabyte(_: Definition, states: States) -> None:
    for number in range(1000):
        states[f"Copy{number}"] = states["BackUpOrder"]
