"""What the tree would break of the last release, whose code runs during a deployment."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner
from operations.migrations import migrations
from releases.breaks import breaks
from releases.declarations import declared
from releases.record import in_order, last, present_version
from workflows.checks.deployment import deployed

LAST = last()
UNRELEASED = f"if {LAST.version} is not released yet, run scripts/release again"


@pytest.fixture
def conn(postgres: dict[str, str]) -> Iterator[Connection]:
    with closing(connect_as_owner(postgres)) as conn:
        yield conn


def test_what_is_broken_of_the_last_release_is_declared(conn: Connection) -> None:
    found = set(breaks(LAST, deployed(), conn))

    undeclared = {each for each in found if each.name not in {this.name for this in declared()}}
    needless = {this.name for this in declared()} - {each.name for each in found}
    assert not undeclared, f"take two releases, or declare it in releases/breaks.toml; {UNRELEASED}"
    assert not needless, "nothing like that is broken: take it out of releases/breaks.toml"


def test_declared_breaks_are_for_a_later_release() -> None:
    for each in declared():
        assert in_order(LAST.version) < in_order(each.release), each.name


def test_migrations_of_the_last_release_are_unchanged() -> None:
    """A database that has applied them refuses to migrate otherwise."""
    checksums = {file.name: file.checksum for file in migrations()}
    assert LAST.migrations.items() <= checksums.items(), UNRELEASED


def test_new_migrations_come_after_those_of_the_last_release() -> None:
    """The number of the last one is taken, even in a branch that began before it."""
    new = [file.name for file in migrations() if file.name not in LAST.migrations]
    assert all(name > max(LAST.migrations) for name in new), f"renumber it; {UNRELEASED}"


def test_the_template_describes_functions_with_the_version(conn: Connection) -> None:
    text = (LAST.path.parent.parent / "template.yaml").read_text("utf-8")
    assert f"Description: Order Management API {present_version()}\n" in text
