"""The order of releases, and which of them have a record that may not change."""

from pathlib import Path

import pytest

from releases import __main__
from releases.record import in_order, is_released, last, present_version


def test_versions_are_ordered_by_their_numbers() -> None:
    assert sorted(["0.10.0", "0.9.1", "1.0.0"], key=in_order) == ["0.9.1", "0.10.0", "1.0.0"]


def test_the_last_release_is_not_newer_than_the_tree() -> None:
    assert in_order(last().version) <= in_order(present_version())


@pytest.mark.parametrize(
    ("heading", "record", "released"),
    [
        ("## [1.2.0] - 2026-11-24", "1.2.0.json", True),
        ("## [1.2.0] - 2026-11-24", "1.1.0.json", False),
        ("## [Unreleased]", "1.2.0.json", False),
    ],
)
def test_a_version_is_released_once_it_has_a_record_and_a_heading(
    tmp_path: Path,
    heading: str,
    record: str,
    released: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n")
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / record).touch()

    assert is_released("1.2.0", tmp_path) is released


def test_the_record_of_a_release_is_never_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(__main__, "present_version", lambda: "0.1.0")

    with pytest.raises(SystemExit, match=r"^releases/0\.1\.0\.json is the record of a release"):
        __main__.main()
