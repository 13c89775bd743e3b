"""A caller of the API that does what Retry-After asks for, as a good client does."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_delay

TIMEOUT_SECONDS = 300


@dataclass
class PatientClient:
    """Repeats a call that is answered with Retry-After; `delayed` counts these answers."""

    api: httpx.Client
    delayed: Counter[int] = field(default_factory=Counter)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401  # httpx's
        """The first answer without Retry-After."""
        attempts = Retrying(
            retry=retry_if_result(self._asks_for_patience),
            wait=_retry_after,
            stop=stop_after_delay(TIMEOUT_SECONDS),
        )
        return attempts(self.api.request, method, path, **options)

    def _asks_for_patience(self, answer: httpx.Response) -> bool:
        if "retry-after" not in answer.headers:
            return False
        self.delayed[answer.status_code] += 1
        return True


def _retry_after(state: RetryCallState) -> float:
    assert state.outcome
    return float(state.outcome.result().headers["retry-after"])
