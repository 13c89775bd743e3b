"""The limits of one run: how long it takes, and how often it describes executions."""

import time
from collections.abc import Callable

from orders.errors import OrderError


class OutOfTime(OrderError):
    """The run's time is over; the next run looks at the order again."""


class Limits:
    """A run's end, in `seconds` from now, and its pace, in DescribeExecutions a second.

    One order takes many steps, each of which waits for PostgreSQL or AWS for seconds when these
    hang. So the time is checked before every step, and a run exceeds it by one step at most.
    `clock` is in seconds.
    """

    def __init__(
        self,
        seconds: float,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._ends = clock() + seconds
        self._interval = 1 / per_second
        self._next_description = clock()

    def check(self) -> None:
        """Raise OutOfTime when the run's time is over."""
        if self._clock() >= self._ends:
            raise OutOfTime

    def before_describing(self) -> None:
        """Wait until the pace allows another description; raises as `check`."""
        self.check()
        self._sleep(max(0, self._next_description - self._clock()))
        self._next_description = self._clock() + self._interval
        self.check()
