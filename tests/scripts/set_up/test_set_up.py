"""The command itself, in a copy of what it needs, and the sizes that it shows."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.set_up.environments import LOCKS, MINOR, Environment, Size, whole_size
from tests.conftest import ROOT

TOLERANCE = 0.2
WITHOUT_ENSUREPIP = "import sys; sys.modules['ensurepip'] = None"
"""In sitecustomize.py: Python as Debian ships it without python3-venv."""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The scripts and lock files of a fresh clone, without its environment."""
    for part in ("scripts", "requirements"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, tmp_path / part, ignore=ignored)
    return tmp_path


def set_up(clone: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`environment local` of scripts/_setup, in the clone; pip knows no index."""
    settings = {"PYTHONPATH": str(clone), "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    settings |= {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_RETRIES": "1"}
    return subprocess.run(
        [sys.executable, *options, "-m", "scripts.set_up", "local"],
        cwd=clone,
        env=os.environ | settings | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def make_ready(clone: Path) -> Path:
    """An environment with the right stamp and an interpreter, as after a set-up."""
    folder = clone / ".venv" / MINOR
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "local.stamp").write_text(Environment("local").digest)
    return folder


def test_a_ready_environment_is_used_without_writing(clone: Path) -> None:
    folder = make_ready(clone)

    ended = set_up(clone)

    assert (ended.stdout, ended.stderr) == (f"{folder}\n", "")
    assert [path.name for path in (clone / ".venv").iterdir()] == [MINOR]


def test_an_environment_of_other_lock_files_is_not_ready(clone: Path) -> None:
    make_ready(clone)
    (clone / "requirements" / "local.txt").write_text("# changed")
    (clone / "sitecustomize.py").write_text(WITHOUT_ENSUREPIP)

    assert set_up(clone).returncode == 1


def test_an_environment_whose_installation_was_interrupted_is_not_ready(clone: Path) -> None:
    (make_ready(clone) / "unfinished").touch()
    (clone / "sitecustomize.py").write_text(WITHOUT_ENSUREPIP)

    assert set_up(clone).returncode == 1


@pytest.mark.whole
def test_without_network_the_last_sentence_says_so(clone: Path) -> None:
    ended = set_up(clone)

    lines = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert lines[0].startswith(f"Setting up .venv/{MINOR} for Python {MINOR}, this once: loads")
    assert lines[-1].startswith("No package index can be reached: go online")


def test_without_ensurepip_one_sentence_names_it(clone: Path) -> None:
    (clone / "sitecustomize.py").write_text(WITHOUT_ENSUREPIP)

    ended = set_up(clone)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert "has no module ensurepip, which makes virtual environments: " in ended.stderr


@pytest.mark.parametrize("name", LOCKS)
def test_every_environment_has_a_size(name: str) -> None:
    size = whole_size(name)
    assert 0 < size.load_mb < size.disk_mb
    assert size.seconds > 0


def test_what_is_left_to_load_is_less_when_local_is_there() -> None:
    assert Size(10, 30, 9) - Size(4, 10, 5) == Size(6, 20, 4)


def test_the_size_shown_is_that_of_this_environment() -> None:
    """If this fails, requirements/sizes.json has to be measured again: scripts/README.md."""
    there = sum(path.lstat().st_blocks * 512 for path in Path(sys.prefix).rglob("*"))
    assert there / 1e6 == pytest.approx(whole_size("dev").disk_mb, rel=TOLERANCE)
