"""What ASL, or the part of it that we use, does not allow: asl.py, retrying.py, reading.py."""

from tests.workflows.machines import Definition, States, refused


@refused("CheckInventory: Cathc is a field that no check understands: Catch is meant")
def test_a_misspelt_catch_is_refused(_: Definition, states: States) -> None:
    states["CheckInventory"]["Cathc"] = states["CheckInventory"].pop("Catch")


@refused("CheckInventory: Patience is a field that no check understands: remove it, or model it")
def test_a_field_that_asl_does_not_have_is_refused(_: Definition, states: States) -> None:
    states["CheckInventory"]["Patience"] = 5


@refused("The machine: StartAt is missing")
def test_a_machine_needs_a_start(machine: Definition, _: States) -> None:
    del machine["StartAt"]


@refused("The machine: TimeoutSeconds is missing: without it one lost call keeps the order")
def test_a_machine_needs_a_timeout(machine: Definition, _: States) -> None:
    del machine["TimeoutSeconds"]


@refused("BackUpOrder has the Type Tsak, which no check understands: use Task or Fail, or model")
def test_a_type_that_asl_does_not_have_is_refused(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Type"] = "Tsak"


@refused("BackUpOrder has no Type: use Task or Fail")
def test_a_state_needs_a_type(_: Definition, states: States) -> None:
    del states["BackUpOrder"]["Type"]


@refused("BackUpOrder has neither Next nor End: name the state that comes next")
def test_a_task_needs_a_next_or_an_end(_: Definition, states: States) -> None:
    del states["BackUpOrder"]["Next"]


@refused("BackUpOrder has both Next and End")
def test_a_task_must_not_have_a_next_and_an_end(_: Definition, states: States) -> None:
    states["BackUpOrder"]["End"] = True


@refused("BackUpOrder: TimeoutSeconds is missing")
def test_a_task_needs_a_timeout(_: Definition, states: States) -> None:
    del states["BackUpOrder"]["TimeoutSeconds"]


@refused("BackUpOrder: TimeoutSeconds must be a whole number of seconds")
def test_a_timeout_must_be_a_number(_: Definition, states: States) -> None:
    states["BackUpOrder"]["TimeoutSeconds"] = "15"


@refused("BackUpOrder: Retry is missing: without it one dropped connection fails the order")
def test_a_task_needs_a_retry(_: Definition, states: States) -> None:
    del states["BackUpOrder"]["Retry"]


@refused("BackUpOrder: Retry must be a list of at least one entry")
def test_a_retry_needs_an_entry(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Retry"] = []


@refused("FailOrder: Retry names States.ALL, which must be alone in the last entry")
def test_all_errors_must_not_be_retried_before_named_ones(_: Definition, states: States) -> None:
    states["FailOrder"]["Retry"].reverse()


@refused("PersistOrder: Catch names States.ALL, which must be alone in the last entry")
def test_all_errors_must_not_be_caught_together_with_a_named_one(
    _: Definition, states: States
) -> None:
    states["PersistOrder"]["Catch"][0]["ErrorEquals"].append("States.Timeout")


@refused("PersistOrder: Retry names DatabaseUnavailable twice, and only the first counts")
def test_an_error_must_not_be_in_two_retriers(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][0]["ErrorEquals"].append("DatabaseUnavailable")


@refused("PersistOrder: Retry[0].ErrorEquals must be a list of error names")
def test_a_retrier_needs_an_error(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][0]["ErrorEquals"] = []


@refused("PersistOrder: Retry[1] has a MaxDelaySeconds of 1 and an IntervalSeconds of 1")
def test_the_longest_delay_must_be_longer_than_the_first(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["MaxDelaySeconds"] = 1


@refused("PersistOrder: Retry[1].MaxDelaySeconds is missing: without it the delays double for ever")
def test_a_retrier_needs_a_longest_delay(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Retry"][1]["MaxDelaySeconds"]


@refused("PersistOrder: Retry[1].JitterStrategy is missing: without it all orders of an outage")
def test_a_retrier_needs_a_jitter_strategy(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Retry"][1]["JitterStrategy"]


@refused("PersistOrder: Retry[1].BackoffRate must be 1 to 10")
def test_a_back_off_rate_must_be_a_number(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["BackoffRate"] = "2.0"


@refused("PersistOrder has null for End: set it, or remove it")
def test_a_field_must_not_be_null(_: Definition, states: States) -> None:
    states["PersistOrder"]["End"] = None


@refused("The machine has null for StartAt: set it, or remove it")
def test_a_start_must_not_be_null(machine: Definition, _: States) -> None:
    machine["StartAt"] = None


@refused("The machine: TimeoutSeconds must be 1 to 86400 whole seconds")
def test_a_machine_must_not_run_for_weeks(machine: Definition, _: States) -> None:
    machine["TimeoutSeconds"] = 1_800_000


@refused("PersistOrder: Retry[1].IntervalSeconds must be 1 to 3600 whole seconds")
def test_a_retrier_must_wait_before_the_first_retry(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["IntervalSeconds"] = 0


@refused("PersistOrder: Retry[1].BackoffRate must be 1 to 10, as 2.0: under 1")
def test_delays_must_not_shrink(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["BackoffRate"] = 0.5


@refused("PersistOrder: Retry[1].MaxAttempts must be 1 to 100: 0 would switch the retry off")
def test_a_retrier_must_retry_at_least_once(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["MaxAttempts"] = 0


@refused("PersistOrder: Retry[1].MaxAttempts must be 1 to 100")
def test_a_retrier_must_not_retry_without_end(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["MaxAttempts"] = 999


@refused("PersistOrder: Retry[1].JitterStrategy must be FULL: otherwise all orders of an")
def test_a_retrier_without_jitter_is_refused(_: Definition, states: States) -> None:
    states["PersistOrder"]["Retry"][1]["JitterStrategy"] = "NONE"


@refused("PersistOrder: Parameters.FunctionName must be a substitution")
def test_a_function_name_must_be_a_substitution(_: Definition, states: States) -> None:
    states["PersistOrder"]["Parameters"]["FunctionName"] = "PersistOrderFunction"


@refused("PersistOrder: Parameters.FunctionName is missing")
def test_a_task_needs_a_function(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Parameters"]["FunctionName"]


@refused("PersistOrder: Parameters.Payload.$ must be $, the whole payload")
def test_a_task_must_get_the_whole_payload(_: Definition, states: States) -> None:
    states["PersistOrder"]["Parameters"]["Payload.$"] = "$.items"


@refused("PersistOrder: Parameters.Payload.$ is missing: without it the task gets no order")
def test_a_task_needs_a_payload(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Parameters"]["Payload.$"]


@refused("PersistOrder: OutputPath is missing: without it the payload is Lambda's whole answer")
def test_a_task_must_return_the_functions_result_only(_: Definition, states: States) -> None:
    del states["PersistOrder"]["OutputPath"]


@refused("PersistOrder: Catch[0] has the ResultPath $ (the default), which replaces the order")
def test_a_catch_must_not_replace_the_payload(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ResultPath"] = "$"


@refused("PersistOrder: Catch[0] has the ResultPath $ (the default), which replaces the order")
def test_a_catch_needs_a_result_path(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Catch"][0]["ResultPath"]


@refused("OrderFailed does not have its error and its cause once each")
def test_a_fail_state_needs_a_cause(_: Definition, states: States) -> None:
    del states["OrderFailed"]["CausePath"]


@refused(f"{'X' * 81} is a name of more than 80 characters: shorten it")
def test_a_name_must_not_be_too_long(_: Definition, states: States) -> None:
    states["X" * 81] = states.pop("OrderFailed")


@refused("PersistOrder: Comment must be 1 to 100 characters")
def test_a_comment_must_be_one_line(_: Definition, states: States) -> None:
    states["PersistOrder"]["Comment"] = "and then " * 20


@refused("The machine has 1,")
def test_a_machine_must_not_be_over_a_megabyte(_: Definition, states: States) -> None:
    for number in range(400):
        states[f"Copy{number}"] = states["BackUpOrder"]


@refused("FailOrder: Retry[0].MaxAttempts must be", "FailOrder: Retry[1].MaxAttempts must be")
def test_a_list_of_wrong_entries_is_not_also_an_empty_list(_: Definition, states: States) -> None:
    for retrier in states["FailOrder"]["Retry"]:
        retrier["MaxAttempts"] = 0
