"""An order from a page of an allowed origin, request by request as a browser sends them."""

import httpx
import pytest

from tests.running.builders import a_line, an_order
from tests.running.shop import Shop

PAGE = {
    "Origin": "http://localhost:3000",
    "Referer": "http://localhost:3000/",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-site",
}


@pytest.fixture
def browser(shop: Shop) -> httpx.Client:
    """HTTP without the API key, which the page's script adds."""
    return httpx.Client(base_url=shop.description["api_url"], headers=PAGE, timeout=30)


def test_a_page_of_an_allowed_origin_orders_and_reads(shop: Shop, browser: httpx.Client) -> None:
    key = {"x-api-key": shop.description["api_key"]}
    asks = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,idempotency-key,x-api-key",
    }
    with browser:
        allowed = browser.options("/orders", headers=asks)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == PAGE["Origin"]
        assert "POST" in allowed.headers["access-control-allow-methods"]
        sent = an_order(a_line(shop.product(), 1))
        made = browser.post("/orders", headers=key | {"Idempotency-Key": "page"}, json=sent)
        assert made.status_code == 201
        assert "location" in made.headers["access-control-expose-headers"]
        read = browser.get(f"/orders/{made.json()['order_id']}", headers=key)
        refused = browser.get("/orders", headers={"x-api-key": "wrong"})
        assert refused.status_code == 403

    for answer in (allowed, made, read, refused):
        assert answer.headers["access-control-allow-origin"] in (PAGE["Origin"], "*")
        assert answer.headers["x-request-id"]


def test_a_page_of_another_origin_is_not_let_in(shop: Shop, browser: httpx.Client) -> None:
    with browser:
        asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        assert "access-control-allow-origin" not in browser.options("/orders", headers=asks).headers
