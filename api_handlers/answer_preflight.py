"""OPTIONS of every path: tell a browser what a page of an allowed origin may send.

Deployed only when AllowedOrigins names origins. A browser sends no API key with a preflight.
"""

from orders.documents.api import Preflight
from orders.handlers import route


@route(
    summary="Answer a browser's preflight.",
    description="The answer is in the headers, which orders/cors.py adds to every response.",
)
def handler() -> Preflight:
    """An empty object."""
    return Preflight()
