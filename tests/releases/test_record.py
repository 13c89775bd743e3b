"""The order of releases."""

from releases.record import in_order, last, present_version


def test_versions_are_ordered_by_their_numbers() -> None:
    assert sorted(["0.10.0", "0.9.1", "1.0.0"], key=in_order) == ["0.9.1", "0.10.0", "1.0.0"]


def test_the_last_release_is_not_newer_than_the_tree() -> None:
    assert in_order(last().version) <= in_order(present_version())
