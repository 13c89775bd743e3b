"""What `scripts/render` writes, and when it refuses."""

import json
from pathlib import Path

import pytest

from deployment.errors import InvalidTemplate
from tests.workflows.machines import Definition, States, changed
from workflows import render


@pytest.mark.parametrize("path", render.files(), ids=lambda path: path.name)
def test_the_committed_file_is_not_stale(path: Path) -> None:
    assert path.read_text("utf-8") == render.files()[path], "run scripts/render and commit"


def test_the_real_machine_is_proved() -> None:
    render.prove(json.loads(render.rendered()))


def test_nothing_is_written_of_a_broken_machine() -> None:
    def change(_: Definition, states: States) -> None:
        states["BackUpOrder"]["Catch"][0]["Next"] = "OrderFailed"
        states["PersistOrder"]["Catch"][0]["ResultPath"] = None

    with pytest.raises(SystemExit) as refusal:
        render.prove(changed(change))

    sentences = str(refusal.value).splitlines()
    assert len(sentences) == 4
    assert sentences[-1] == "Nothing was written."


def test_a_template_that_cannot_be_read_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise InvalidTemplate("template.yaml uses the ARN of Nothing.")

    monkeypatch.setattr(render, "deployed", refuse)

    with pytest.raises(SystemExit, match=r"uses the ARN of Nothing\.\nNothing was written\."):
        render.prove({})
