"""Hands the roles over to moto's process, in a file that people can read, too."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import RootModel

from deployment.policies import Role


class _Roles(RootModel[tuple[Role, ...]]):
    """The roles as JSON."""


def write(path: Path, roles: Iterable[Role]) -> None:
    """Write the roles to the file."""
    path.write_text(_Roles(tuple(roles)).model_dump_json(indent=2), "utf-8")


def read(path: Path) -> tuple[Role, ...]:
    """The roles that `write` has written."""
    return _Roles.model_validate_json(path.read_text("utf-8")).root
