"""The file that hands the roles over to moto's process."""

from pathlib import Path

from deployment.policies import Role, Statement
from local.iam import role_file
from local.iam.role_file import RoleFile

STARTS = Role("Starts", (Statement("Allow", ("states:StartExecution",), ("*",)),))


def test_roles_are_read_as_they_were_written_last(tmp_path: Path) -> None:
    path = tmp_path / "roles.json"
    role_file.write(path, [STARTS])
    file = RoleFile(path)
    assert file.roles() == {"Starts": STARTS}

    role_file.write(path, [Role("Starts", ()), Role("New", ())])

    assert file.roles() == {"Starts": Role("Starts", ()), "New": Role("New", ())}
