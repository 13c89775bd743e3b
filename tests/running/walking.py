"""The workflow's document, walked by hand from state to state."""

from tests.running.shop import Document, Shop, a_line, an_id, an_order

FORWARD = ("CalculatePrice", "CheckInventory", "PersistOrder", "BackUpOrder", "UpdateStatus")


def walked(shop: Shop, product_id: str, *, until: str, quantity: int = 1) -> Document:
    """The document of a new order as it leaves the named state."""
    document = an_order(a_line(product_id, quantity)) | {"order_id": an_id()}
    for state in FORWARD[: FORWARD.index(until) + 1]:
        document = shop.invoke(f"{state}Function", document)
    return document


def failing(document: Document, error: str = "RuntimeError", cause: str = "boom") -> Document:
    """The document as a Catch hands it to FailOrder."""
    return document | {"failure": {"Error": error, "Cause": cause}}
