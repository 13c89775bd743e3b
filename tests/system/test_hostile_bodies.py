"""Bodies that cost the most, and bytes that are no text, through the real gateway and workers."""

import pytest

from tests.running.shop import Shop

GOOD = '{"product_id": "P", "quantity": 1}'
ID = "must be 1 to 50 characters, not blank, without control or replacement characters"


def order(customer: str = "C", lines: str = GOOD) -> bytes:
    return f'{{"customer_id": "{customer}", "items": [{lines}]}}'.encode()


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (order().replace(b'"C"', b'"\xff"'), 400, "Request body is not UTF-8"),
        (order(lines="{}," * 1_000_000 + "{}"), 400, "items: must be a list of 1 to 100 lines"),
        (order(lines="[" * 1_000_000), 400, "Request body is nested too deeply"),
        (order("\\ud800"), 400, f"Invalid value for customer_id: {ID}"),
        (order("\u200b\u3164"), 400, f"Invalid value for customer_id: {ID}"),
        (
            order(lines=GOOD.replace("1", "9" * 1_000_000)),
            400,
            "items[0].quantity: must be a whole",
        ),
        (b" " * 4_700_000, 400, "Request body is not valid JSON"),
        (b" " * 4_720_000, 413, "Request Too Long"),
        (b" " * 10_500_000, 413, "Request Too Long"),
    ],
    ids=range(9),
)
def test_a_hostile_body_is_refused_in_words(
    shop: Shop, content: bytes, status: int, message: str
) -> None:
    answer = shop.api.post("/orders", content=content)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert message in answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/orders?customer_id=%ff", 400), ("/orders/%ff", 404), ("/status/%c3%28", 404)],
)
def test_an_address_that_is_not_utf_8_is_refused(shop: Shop, path: str, status: int) -> None:
    assert shop.api.get(path).status_code == status
