"""Ends a child process when its parent dies, even if the parent is killed."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded now, because no library may be loaded between fork and exec


def die_with_parent(with_signal: int = signal.SIGKILL) -> None:
    """Ask Linux to send this process a signal when its parent's thread ends.

    Other systems have no such request; there this does nothing.
    """
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, int(with_signal))
