from pathlib import Path

import pytest

from local.processes.data_folder import DataFolder, locked
from local.processes.errors import StackFailure


def test_a_data_folder_is_for_one_stack_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path, fresh=False) as folder:
        folder.describe({"api_key": "a"}, {"x-amz-security-token": "a"})
        with pytest.raises(StackFailure) as failure, locked(tmp_path, fresh=True):
            pass
        assert f"The data folder {tmp_path.resolve()} is in use" in str(failure.value)
        assert folder.description.exists(), "the running stack is not disturbed"
    with locked(tmp_path, fresh=False):
        pass


def test_what_describes_a_stack_is_for_its_owner_alone(tmp_path: Path) -> None:
    with locked(tmp_path, fresh=False) as folder:
        folder.describe({"api_key": "a"}, {"x-amz-security-token": "a"})
        for file in (folder.description, folder.headers):
            assert file.stat().st_mode & 0o777 == 0o600
        assert folder.headers.read_text() == "x-amz-security-token: a\n"
    left = folder.description.exists() or folder.headers.exists()
    assert not left, "they describe a running stack only"


def test_an_open_folder_of_an_earlier_version_is_closed(tmp_path: Path) -> None:
    before = DataFolder(tmp_path)
    for folder in (before.logs, before.bucket):
        folder.mkdir(mode=0o755)
    for file in (before.lock, before.roles):
        file.touch(mode=0o644)
    with locked(tmp_path, fresh=False):
        pass
    modes = [each.stat().st_mode & 0o777 for each in (before.logs, before.bucket, before.lock)]
    assert modes == [0o700, 0o700, 0o600]
    assert before.roles.stat().st_mode & 0o777 == 0o600


def test_a_new_folder_is_closed(tmp_path: Path) -> None:
    with locked(tmp_path / "data", fresh=False) as folder:
        assert folder.path.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StackFailure, match="Cannot use the data folder"),
        locked(tmp_path / "file" / "data", fresh=False),
    ):
        pass


@pytest.mark.parametrize("fresh", [False, True])
def test_a_fresh_start_removes_the_data_and_leaves_other_files(tmp_path: Path, fresh: bool) -> None:  # noqa: FBT001
    before = DataFolder(tmp_path)
    before.postgres.mkdir()
    (tmp_path / "mine").write_text("")
    with locked(tmp_path, fresh=fresh) as folder:
        assert folder.postgres.exists() is not fresh
        assert folder.logs.is_dir()
    assert (tmp_path / "mine").exists()
