"""Calls functions and plans their faults, in this process or on a running stack."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.running.waiting import eventually


@dataclass(frozen=True)
class LambdaClient:
    """The Lambda address: the Invoke API and /faults. `act` invokes ActFunction."""

    http: httpx.Client
    url: str

    def invoke(self, function: str, event: Any, **headers: str) -> httpx.Response:  # noqa: ANN401  # JSON
        path = f"/2015-03-31/functions/{function}/invocations"
        return self.http.post(self.url + path, json=event, headers=headers)

    def act(self, do: str, **event: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
        """ActFunction's result, or its error document."""
        result: dict[str, Any] = self.invoke("ActFunction", {"do": do, **event}).json()
        return result

    def plan(self, *faults: dict[str, Any], function: str = "ActFunction") -> httpx.Response:
        """Replace the function's faults."""
        return self.http.put(f"{self.url}/faults/{function}", json=faults)

    def plan_more(self, *faults: dict[str, Any], function: str = "ActFunction") -> None:
        """Add to the function's faults."""
        self.http.post(f"{self.url}/faults/{function}", json=faults).raise_for_status()

    def clear_faults(self) -> None:
        self.http.delete(self.url + "/faults").raise_for_status()

    def held(self, function: str = "ActFunction") -> int:
        """How many invocations of the function are held."""
        report = self.http.get(self.url + "/faults").json()
        return int(report["held"].get(function, 0))

    def until_held(self, times: int = 1, function: str = "ActFunction") -> None:
        """Wait until so many invocations of the function are held."""

        def held() -> None:
            assert self.held(function) == times

        eventually(held)
