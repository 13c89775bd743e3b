"""As root, PostgreSQL runs under another account, and no folder is opened for it."""

import asyncio
import os
import sys
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import pytest

from local.postgres import binaries
from local.postgres.embedded import connect_as_owner, embedded
from local.processes import child_process

as_root_on_linux = pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux", reason="only root runs PostgreSQL as another user"
)


@as_root_on_linux
def test_the_data_may_be_in_a_folder_that_is_closed_and_stays_closed() -> None:
    with TemporaryDirectory() as closed:
        data = Path(closed, "data")
        with embedded(data) as settings:
            connect_as_owner(settings).close()
            modes = [folder.stat().st_mode & 0o777 for folder in (data, Path(closed))]
            assert [mode & 0o001 for mode in modes] == [0, 0]


@as_root_on_linux
def test_programs_in_a_closed_folder_are_copied_for_others_to_run() -> None:
    """The copy is made once, of links, and runs."""
    with TemporaryDirectory() as closed, TemporaryDirectory() as copies:
        Path(copies).chmod(0o755)
        folder = Path(closed, "postgresql")
        folder.mkdir()
        copytree(binaries.FOLDER.parent, folder, symlinks=True, dirs_exist_ok=True)

        copy = binaries.reachable(folder / "bin", Path(copies))

        assert copy.is_relative_to(copies)
        assert binaries.reachable(folder / "bin", Path(copies)) == copy
        assert Path(closed).stat().st_mode & 0o001 == 0
        log, program = Path(copies, "log"), copy / "postgres"
        options = {"user": 65534, "group": 65534, "cwd": "/"}
        asyncio.run(child_process.run("It", program, "--version", log=log, **options))
        assert "postgres (PostgreSQL)" in log.read_text()


def test_programs_that_everybody_can_reach_are_used_where_they_are(tmp_path: Path) -> None:
    assert binaries.reachable(Path("/usr/bin"), tmp_path) == Path("/usr/bin")
