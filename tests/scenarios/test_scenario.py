"""A mistake in a scenario is reported in one sentence, which names the file and the field."""

import json
from pathlib import Path

import pytest

from tests.running.builders import Document
from tests.scenarios.scenario import FOLDER, WrongScenario, every_scenario, read

GOOD: Document = json.loads((FOLDER / "too-little-stock.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"quantitty": 3}, "quantitty: Extra inputs are not permitted"),
        ({"quantity": 0}, "quantity: must be a whole number from 1 to 10000"),
        ({"failing": {"CheckOut": []}}, "failing.CheckOut.[key]: must be a state"),
        ({"failing": {"FailOrder": [{"kind": "kil"}]}}, "failing.FailOrder.0: Input tag 'kil'"),
        ({"expected": GOOD["expected"] | {"fails_in": "FailOrder"}}, "expected.fails_in: must be"),
        ({"expected": {}}, "expected.row: Field required"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_mistake_names_file_and_field(tmp_path: Path, wrong: Document, message: str) -> None:
    (tmp_path / "mine.json").write_text(json.dumps(GOOD | wrong))

    with pytest.raises(WrongScenario) as refused:
        every_scenario(tmp_path)

    assert str(refused.value).startswith(f"mine.json: {message}")


def test_what_is_no_json_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("{")

    with pytest.raises(WrongScenario, match=r"^mine\.json: the file: Invalid JSON"):
        read(tmp_path / "mine.json")
