"""GET /orders: a page of orders, newest first."""

from orders.documents.api import ListQuery, OrderPage, OrderSummary, Pagination
from orders.handlers import route
from orders.queries import transaction

_LAST_ROW = 2**63 - 1
"""The highest OFFSET, a bigint: a page that far out is empty anyway."""


@route(
    summary="Return one page of orders; a page past the end is empty and has the true totals.",
    description="A page of orders, newest first.",
)
def handler(query: ListQuery) -> OrderPage:
    """One page of orders; a page past the end is empty and has true totals."""
    offset = min((query.page - 1) * query.limit, _LAST_ROW)
    with transaction() as sql:
        total = sql.orders.count_orders(status=query.status, customer_id=query.customer_id)
        rows = sql.orders.list_orders(
            status=query.status,
            customer_id=query.customer_id,
            row_limit=query.limit,
            row_offset=offset,
        )
    return OrderPage(
        orders=tuple(OrderSummary.model_validate(row) for row in rows),
        pagination=Pagination(
            page=query.page, limit=query.limit, total=total, pages=-(-total // query.limit)
        ),
    )
