"""CalculatePrice: price the order at today's prices."""

import json

from orders.documents.workflow import AcceptedOrder, PricedItem, PricedOrder
from orders.errors import TotalTooHigh, UnknownProduct
from orders.handlers import task
from orders.model import total_of
from orders.queries import transaction


@task(title="Prices the order at today's prices.", raises=(UnknownProduct, TotalTooHigh))
def handler(order: AcceptedOrder) -> PricedOrder:
    """Price every item and the whole order.

    Raises UnknownProduct when the inventory lacks a product, and TotalTooHigh when the total is
    over 99999999.99 (docs/contract.md, "An accepted order").
    """
    items = _priced_items(order)
    return PricedOrder(
        **order.model_dump(exclude={"items"}), items=items, total_amount=total_of(items)
    )


def _priced_items(order: AcceptedOrder) -> tuple[PricedItem, ...]:
    product_ids = [item.product_id for item in order.items]
    with transaction() as sql:
        rows = sql.inventory.prices(product_ids=json.dumps(product_ids))
    prices = {row["product_id"]: row["price"] for row in rows}
    if unknown := sorted(set(product_ids) - prices.keys()):
        raise UnknownProduct(unknown)
    return tuple(
        PricedItem(**item.model_dump(), price=prices[item.product_id]) for item in order.items
    )
