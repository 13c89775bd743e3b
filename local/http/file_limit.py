"""How many files this process may open, and how many connections that allows.

A connection is a file, as is a worker's socket. At a low limit, clients must not take the files
that the stack needs itself.
"""

import resource
import sys
from contextlib import suppress
from typing import NamedTuple

MOST = 10_240 if sys.platform == "darwin" else 65_536
"""What is asked for when the hard limit allows it. macOS: OPEN_MAX, although it says unlimited."""
OWN = 512
"""Files of the stack itself: 3 for each worker (8 for each of 13 functions), children, logs."""
MOST_CONNECTIONS = 10_000
"""A connection takes memory, too: up to 64 KB before its API key is checked."""


class Connections(NamedTuple):
    """How many connections each server takes."""

    api: int
    invoke_api: int


def raise_limit() -> int:
    """Raise the soft limit as far as it is useful and allowed; returns what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # the system allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return wanted
    return wanted if soft == resource.RLIM_INFINITY else soft


def connections(files: int) -> Connections:
    """How many connections leave the stack the files that it needs, of this many.

    Below about 700 files, a quarter: the stack then runs with fewer workers.
    """
    free = min(max(files - OWN, files // 4), MOST_CONNECTIONS)
    return Connections(api=free * 3 // 4, invoke_api=free // 4)
