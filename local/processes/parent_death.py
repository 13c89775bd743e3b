"""Children that end when their parent does, also when it is killed."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded here: nothing may be loaded between fork and exec


def die_with_parent(with_signal: int = signal.SIGKILL) -> None:
    """Ask Linux for a signal when the parent's thread ends. Elsewhere: nothing."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, int(with_signal))
