"""CalculatePrice: what the order costs, at today's prices."""

import json

from orders.contracts import AcceptedOrder, PricedItem, PricedOrder
from orders.entry import task
from orders.errors import UnknownProduct
from orders.model import total_of
from orders.queries import transaction


@task
def handler(order: AcceptedOrder) -> PricedOrder:
    """Price every item and the whole.

    Raises UnknownProduct for products that are not in the inventory, TotalTooHigh.
    """
    items = _priced(order)
    return PricedOrder(
        order_id=order.order_id,
        customer_id=order.customer_id,
        items=items,
        total_amount=total_of(items),
    )


def _priced(order: AcceptedOrder) -> tuple[PricedItem, ...]:
    wanted = {item.product_id: item.quantity for item in order.items}
    with transaction() as sql:
        rows = sql.inventory.prices(product_ids=json.dumps(list(wanted)))
    prices = {row["product_id"]: row["price"] for row in rows}
    if unknown := sorted(wanted.keys() - prices.keys()):
        raise UnknownProduct(unknown)
    return tuple(
        PricedItem(product_id=product_id, quantity=quantity, price=prices[product_id])
        for product_id, quantity in wanted.items()
    )
