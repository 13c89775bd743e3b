from pathlib import Path

import pytest

from local.postgres.socket_folder import SOCKET_NAME, SOCKET_PATH_BYTES, socket_folder
from local.processes.data_folder import DataFolder


def test_the_socket_is_in_the_data_folder(tmp_path: Path) -> None:
    with socket_folder(DataFolder(tmp_path)) as folder:
        assert folder == tmp_path / "socket"
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["long" * 20 + "/" + "path" * 20, 'a "data" folder', "a,b"])
def test_a_path_that_postgresql_cannot_use_is_replaced_for_the_time_being(
    tmp_path: Path, name: str
) -> None:
    with socket_folder(DataFolder(tmp_path / name)) as folder:
        assert tmp_path not in folder.parents
        assert len(str(folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()
