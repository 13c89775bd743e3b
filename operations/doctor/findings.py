"""The sentence for each kind of inconsistency. No I/O."""

from orders.documents.fields import Document
from orders.statements import (
    ContradictionsRow,
    LostStockRow,
    StockWithoutOrderRow,
    WrongReservationsRow,
    WrongTotalsRow,
)


class Finding(Document):
    """One inconsistency; `subject` is an order id or a product id."""

    kind: str
    subject: str
    message: str


# In the tables.


def lost_stock(row: LostStockRow) -> Finding:
    """More or less of the product was received than the tables account for."""
    found = row["stock"] + row["held"] + row["shipped"]
    lost = row["received"] - found
    message = (
        f"{row['received']} received, but {row['stock']} in stock, {row['held']} held and "
        f"{row['shipped']} shipped make {found}: "
        + (f"{lost} missing" if lost > 0 else f"{-lost} too many")
    )
    return Finding(kind="stock not conserved", subject=row["product_id"], message=message)


def contradiction(row: ContradictionsRow) -> Finding:
    """The status of the order's reservation does not fit that of the order."""
    reserved = f"is {row['reserved']}" if row["reserved"] else "is not there"
    message = f"is {row['status']}, but its reservation {reserved}, not {row['expected']}"
    return Finding(kind="reservation contradicts order", subject=row["order_id"], message=message)


def wrong_total(row: WrongTotalsRow) -> Finding:
    """The order's items do not add up to its total, or there are none."""
    message = (
        f"its items make {row['items_total']}, its total is {row['total_amount']}"
        if row["items"]
        else "has no items"
    )
    return Finding(kind="items do not add up", subject=row["order_id"], message=message)


def wrong_reservation(row: WrongReservationsRow) -> Finding:
    """The order reserved another quantity of a product than it ordered."""
    message = f"ordered {row['ordered']} of {row['product_id']}, reserved {row['reserved']}"
    return Finding(kind="items unlike reservation", subject=row["order_id"], message=message)


def stock_without_order(row: StockWithoutOrderRow) -> Finding:
    """Stock is held for an order that is neither stored nor open."""
    message = "stock is held without an order"
    return Finding(kind="reservation without an order", subject=row["order_id"], message=message)


# Between the tables, Step Functions and S3.


def without_a_row(order_id: str) -> Finding:
    """The order's execution ended, and no table knows the order."""
    message = "was accepted and its execution has ended, but it has left no row"
    return Finding(kind="accepted order without a row", subject=order_id, message=message)


def without_workflow(order_id: str, row_status: str | None, execution: str) -> Finding:
    """The order is open, and its execution has ended or is gone."""
    if row_status is None:
        message = f"was accepted, but is not stored, and its execution is {execution}"
        return Finding(kind="accepted order without a row", subject=order_id, message=message)
    message = f"is {row_status}, but its execution is {execution}"
    return Finding(kind="pending order without workflow", subject=order_id, message=message)


def without_backup(order_id: str) -> Finding:
    """The order must have a backup, and has none."""
    message = "got past BackUpOrder, but its backup is not in the bucket"
    return Finding(kind="order without its backup", subject=order_id, message=message)
