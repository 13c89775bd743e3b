"""What the functions log in this process, as it would stand in CloudWatch."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from orders.logs import logger
from tests.running.builders import Document


class Log(io.StringIO):
    """The lines that were logged."""

    def lines(self, message: str = "") -> list[Document]:
        """The lines with this message, or all lines."""
        found = [dict(json.loads(line)) for line in self.getvalue().splitlines()]
        return [line for line in found if not message or line["message"] == message]

    def changes(self) -> list[tuple[str, str, str]]:
        """Who changed an order, from what, to what."""
        return [(line["who"], line["from"], line["to"]) for line in self.lines("audit")]


@contextmanager
def logged() -> Iterator[Log]:
    """Collect the lines from now on."""
    log = Log()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logger.registered_formatter)
    logging.getLogger(logger.name).addHandler(handler)
    try:
        yield log
    finally:
        logging.getLogger(logger.name).removeHandler(handler)
