"""Counts the requests of one quota, as a token bucket."""

from collections.abc import Callable

from local.unkind.quotas import Quota


class TokenBucket:
    """Full at first; `clock` is in seconds. Not thread-safe."""

    def __init__(self, quota: Quota, clock: Callable[[], float]) -> None:
        self._size, self._per_second = quota
        self._clock = clock
        self._tokens, self._counted_at = self._size, clock()

    def take(self) -> bool:
        """Take a token for a request. False: there is none, and the request is over quota."""
        now = self._clock()
        refilled = self._tokens + (now - self._counted_at) * self._per_second
        self._tokens, self._counted_at = min(self._size, refilled), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
