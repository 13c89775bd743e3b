"""Hands the roles over to moto's process, in a file that people can read, too."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import RootModel

from deployment.policies import Role


class _Roles(RootModel[tuple[Role, ...]]):
    """The roles as JSON."""


def write(path: Path, roles: Iterable[Role]) -> None:
    """Write the roles to the file, all of them or none."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(_Roles(tuple(roles)).model_dump_json(indent=2), "utf-8")
    draft.replace(path)


class RoleFile:
    """A file that `write` has written, and writes again when a deployment changes roles."""

    def __init__(self, path: Path) -> None:
        self._path, self._written = path, (0, 0)
        self._roles: dict[str, Role] = {}

    def roles(self) -> Mapping[str, Role]:
        """The roles by their names, as they are in the file now."""
        status = self._path.stat()
        if self._written != (written := (status.st_ino, status.st_mtime_ns)):
            found = _Roles.model_validate_json(self._path.read_text("utf-8")).root
            self._written, self._roles = written, {role.name: role for role in found}
        return self._roles
