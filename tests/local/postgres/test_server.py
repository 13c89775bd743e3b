import multiprocessing
import os
import socket
from pathlib import Path

import pytest

from local.postgres.embedded import embedded
from local.postgres.initdb import check_version
from local.postgres.socket_folder import SOCKET_NAME
from local.processes.errors import StackFailure
from tests.local.small_stack import connect

ANOTHER_USER = 1


def test_only_the_servers_account_can_open_its_socket(postgres: dict[str, str]) -> None:
    """The folder and the socket each keep others out."""
    folder = Path(postgres["DB_HOST"])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / SOCKET_NAME).stat().st_mode & 0o777 == 0o700
    if os.geteuid() == 0:  # only root can act as another user
        assert connects_as(ANOTHER_USER, folder / SOCKET_NAME) == "PermissionError"
    connect(postgres).close()


def connects_as(user: int, path: Path) -> str:
    """The result of a connection that a process of this user opens."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_connect_as, args=(user, str(path), sender))
    process.start()
    result = str(receiver.recv())
    process.join()
    return result


def _connect_as(user: int, path: str, sender: "multiprocessing.connection.Connection") -> None:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
        sender.send("connected")
    except OSError as error:
        sender.send(type(error).__name__)


def test_the_server_has_no_tcp_port_and_keeps_utc(postgres: dict[str, str]) -> None:
    with connect(postgres) as database:
        assert database.run("SHOW listen_addresses") == [[""]]
        assert database.run("SHOW timezone") == [["UTC"]]


@pytest.mark.parametrize("name", ["long" * 20 + "/" + "path" * 20, 'a "data", folder'])
def test_data_folders_may_have_long_and_odd_names(
    starts_a_stack: None, tmp_path: Path, name: str
) -> None:
    with embedded(tmp_path / name) as settings, connect(settings) as database:
        assert database.run("SHOW fsync") == [["on"]]


def test_the_lock_of_a_killed_server_does_not_matter_although_its_pid_is_in_use(
    postgres: dict[str, str], starts_a_stack: None, tmp_path: Path
) -> None:
    with embedded(tmp_path) as settings:
        lock = Path(settings["DB_HOST"], f"{SOCKET_NAME}.lock")
        _, others = lock.read_text().split("\n", 1)
    with connect(postgres) as another_server:
        ((pid,),) = another_server.run("SELECT pg_backend_pid()")
        lock.write_text(f"{pid}\n{others}")
        with embedded(tmp_path) as settings, connect(settings) as database:
            assert database.run("SELECT 1") == [[1]]


def test_data_of_another_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("9\n")
    with pytest.raises(StackFailure, match="was made by PostgreSQL 9, this is"):
        check_version(tmp_path)
