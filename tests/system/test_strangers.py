"""Another user of the machine tries every port, socket, file and command line of a running stack.

They are found in the stack's processes, so that a new one cannot be forgotten. Without root the
tests run as the same user, who may read the files, but has no secret.
"""

import os
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psutil
import pytest

from local.postgres import logins
from tests.running import another_user
from tests.running.builders import a_line
from tests.running.shop import Shop
from tests.running.stacks import serving

KEY = "a key that is no secret to its owner"
PATHS = ("/", "/order-backups?list-type=2", "/moto-api/data.json", "/faults", "/releases")
INVOCATION = "/2015-03-31/functions/ReconcileFunction/invocations"
as_another_user = pytest.mark.skipif(
    not another_user.IS_POSSIBLE, reason="only root can act as another user"
)


@pytest.fixture(scope="module")
def stack(starts_a_stack: None) -> Iterator[Shop]:
    """A stack that has worked, with its data in a folder that everybody may enter."""
    with TemporaryDirectory(prefix="orders-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ORDERS_API_KEY", KEY)
        Path(folder).chmod(0o755)
        with serving(Path(folder, "data"), "--unkind", "--faults", "--schedules", "0") as shop:
            shop.processed(a_line(shop.product()))
            yield shop


def processes(shop: Shop) -> list[psutil.Process]:
    supervisor = psutil.Process(shop.pid("local"))
    return [supervisor, *supervisor.children(recursive=True)]


def ports(shop: Shop) -> set[int]:
    """The TCP ports on which the stack listens."""
    found = [each for process in processes(shop) for each in process.net_connections("inet")]
    return {each.laddr.port for each in found if each.status == psutil.CONN_LISTEN}


def unix_sockets(shop: Shop) -> set[str]:
    """The unix sockets of the stack that have a name."""
    found = [each for process in processes(shop) for each in process.net_connections("unix")]
    return {str(each.laddr) for each in found if str(each.laddr)}


def answers(port: int) -> list[int]:
    """The statuses with which the port answers a caller without any secret."""
    requests = [(method, path) for path in PATHS for method in ("GET", "POST", "PUT", "DELETE")]
    return [_status(port, *request) for request in [*requests, ("POST", INVOCATION)]]


def _status(port: int, method: str, path: str) -> int:
    """The status of the answer; 0 for none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, b"[]" if method in ("POST", "PUT") else None)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def connects(path: str) -> str:
    """The name of the error when a caller connects to the unix socket; empty for none."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path.replace("@", "\0", 1) if path.startswith("@") else path)
    except OSError as error:
        return type(error).__name__
    return ""


def readable(paths: list[str]) -> list[str]:
    """The files that can be opened, and the folders that can be listed."""
    return [path for path in paths if os.access(path, os.R_OK)]


def test_no_port_does_anything_without_a_secret(stack: Shop) -> None:
    api = urlsplit(stack.description["api_url"]).port
    found = ports(stack)

    assert len(found) >= 3
    assert api in found
    for port in found:
        statuses = set(another_user.call(answers, port))
        assert statuses == {403}, f"port {port} answers {statuses}"


@as_another_user
def test_nobody_else_can_connect_to_a_unix_socket(stack: Shop) -> None:
    found = unix_sockets(stack)

    assert any(".s.PGSQL." in path for path in found)
    for path in found:
        real = path
        if path.startswith("/proc/self/fd/"):
            real = str(Path(stack.environment["DB_HOST"], Path(path).name))
        assert another_user.call(connects, real) == "PermissionError", path


@as_another_user
def test_nobody_else_can_read_a_file(stack: Shop) -> None:
    data = Path(stack.description["logs"]).parent
    found = [str(data), *map(str, data.rglob("*"))]

    assert {"stack.json", "pgpass", "headers.txt", "lock"} <= {Path(path).name for path in found}
    assert another_user.call(readable, found) == []


@as_another_user
def test_the_folders_keep_others_out_also_where_the_data_folder_does_not(stack: Shop) -> None:
    """A data folder that was there before, such as that of an earlier version, stays as it is."""
    data = Path(stack.description["logs"]).parent
    found = list(map(str, data.rglob("*")))
    data.chmod(0o755)
    try:
        assert another_user.call(readable, found) == []
    finally:
        data.chmod(0o700)


def test_no_command_line_has_a_secret(stack: Shop) -> None:
    owner = logins.owner(stack.environment)["DB_PASSWORD"]
    secrets = {KEY, owner, stack.environment["AWS_SESSION_TOKEN"]}
    assert all(len(secret) > 20 for secret in secrets)

    lines = ["\0".join(process.cmdline()) for process in processes(stack)]

    assert len(lines) > 3
    assert not [line for line in lines for secret in secrets if secret in line]
