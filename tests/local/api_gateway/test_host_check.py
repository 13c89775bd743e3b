"""A page whose host name leads to this machine is refused; to the browser it is of one origin."""

import pytest

from local.api_gateway.gateway import Gateway
from local.api_gateway.health_route import HealthRoute
from local.api_gateway.host_check import HostCheck
from tests.local.in_process import KEY, Api, Handlers, small_template

CONTENTS = small_template({})


@pytest.fixture
def api() -> Api:
    gateway = Gateway(CONTENTS.routes, Handlers(CONTENTS.functions), KEY)
    return Api(HostCheck(HealthRoute(gateway, dict)))


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "192.168.0.7:8080", ""])
@pytest.mark.parametrize("path", ["/things", "/health", "/nowhere"])
def test_another_host_name_is_refused_whatever_it_asks_for(api: Api, host: str, path: str) -> None:
    answer = api.call("GET", path, headers=[("host", host)])

    assert answer.status_code == 421
    assert answer.json()["message"].startswith("Misdirected Request: Host must be localhost")
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8080", "127.1.2.3", "[::1]:1", "host.docker.internal"]
)
def test_the_names_of_this_machine_are_served(api: Api, host: str) -> None:
    answer = api.call("GET", "/nowhere", headers=[("host", host)])

    assert answer.status_code == 403
