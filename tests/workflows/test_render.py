"""What `scripts/render` writes, and when it refuses."""

import importlib
import json
from types import ModuleType

import pytest

from deployment.errors import InvalidTemplate
from deployment.template import load
from tests.workflows.machines import Definition, States, changed


@pytest.fixture(scope="module")
def render() -> ModuleType:
    """workflows.render, imported here because the authoring SDK takes 2 s to import."""
    return importlib.import_module("workflows.render")


def test_the_committed_files_are_not_stale(render: ModuleType) -> None:
    files = render.files()

    assert len(files) == 3
    for path, text in files.items():
        assert path.read_text("utf-8") == text, f"{path.name}: run scripts/render and commit"


def test_the_real_machine_is_proved(render: ModuleType) -> None:
    render.prove(json.loads(render.rendered()))


def test_nothing_is_written_of_a_broken_machine(render: ModuleType) -> None:
    def change(_: Definition, states: States) -> None:
        states["BackUpOrder"]["Catch"][0]["Next"] = "OrderFailed"
        states["PersistOrder"]["Catch"][0]["ResultPath"] = None

    with pytest.raises(SystemExit) as refusal:
        render.prove(changed(change))

    sentences = str(refusal.value).splitlines()
    assert len(sentences) == 4
    assert sentences[-1] == "Nothing was written."


def test_nothing_is_written_when_a_role_lacks_a_permission(
    render: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = load()
    del template["Resources"]["BackUpOrderFunction"]["Properties"]["Policies"]
    monkeypatch.setattr(render, "load", lambda: template)

    with pytest.raises(SystemExit, match=r"^BackUpOrderFunction calls s3:PutObject on "):
        render.prove(json.loads(render.rendered()))


def test_a_template_that_cannot_be_read_is_a_finding(
    render: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise InvalidTemplate("template.yaml uses the ARN of Nothing.")

    monkeypatch.setattr(render, "deployed", refuse)

    with pytest.raises(SystemExit, match=r"uses the ARN of Nothing\.\nNothing was written\."):
        render.prove({})


def test_states_that_make_no_machine_are_a_sentence(
    render: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = importlib.import_module("workflows.order_processing")
    monkeypatch.setattr(machine, "back_up_order", machine.persist_order)

    with pytest.raises(SystemExit, match=r"state id 'PersistOrder'.*into one chain, once"):
        render.main()


def test_a_handler_that_is_no_task_is_a_sentence(
    render: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = importlib.import_module("workflows.order_processing")
    monkeypatch.delattr(machine.persist_order.handler, "spec")

    with pytest.raises(SystemExit, match=r"tasks\.persist_order\.handler is not a task: make it"):
        render.main()


def test_a_best_effort_task_goes_on_to_the_next_state() -> None:
    """The builder's side of tests/workflows/rules/test_best_effort.py."""
    states = importlib.import_module("workflows.states")
    tasks = importlib.import_module("workflows.order_processing")
    catch = states.any_error(then=states.steps.Chain([states.task(tasks.fail_order)]))

    chain = states.forward(
        [states.BestEffort(tasks.back_up_order), tasks.update_status], catch=catch
    )

    (goes_on,) = chain.steps[0].to_dict()["Catch"]
    assert goes_on == {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "UpdateStatus"}
    with pytest.raises(states.NotAMachine, match="The machine has no forward state"):
        states.forward([], catch=catch)
    with pytest.raises(states.NotAMachine, match="BackUpOrder is best effort and last"):
        states.forward([states.BestEffort(tasks.back_up_order)], catch=catch)


def test_a_state_that_the_sdk_cannot_write_is_named() -> None:
    states = importlib.import_module("workflows.states")
    tasks = importlib.import_module("workflows.order_processing")

    with pytest.raises(states.NotAMachine, match=r"^BackUpOrder cannot be written: 'str'"):
        states.task(tasks.back_up_order, retry="always")
    with pytest.raises(states.NotAMachine, match=r"^'BackUpOrder'\.handler is not a task"):
        states.task("BackUpOrder")


def test_what_is_no_state_is_named() -> None:
    states = importlib.import_module("workflows.states")
    odd = states.steps.Task("Odd", parameters="$")

    with pytest.raises(states.NotAMachine, match=r"^Odd has Parameters that are no mapping: '\$'"):
        states.definition(states.steps.Chain([odd]), comment="c", timeout_seconds=1)
    with pytest.raises(states.NotAMachine, match=r"^'Odd' is in the chain and is no state"):
        states.definition(states.steps.Chain(["Odd"]), comment="c", timeout_seconds=1)
