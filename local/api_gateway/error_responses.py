"""The error responses of the gateway itself; AWS calls them gateway responses."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from starlette.responses import Response

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class GatewayError(Exception):
    """The request ends with this status and message, without a response of a function."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def response(self, request_id: str, headers: Mapping[str, str] = NO_HEADERS) -> Response:
        """The HTTP response, with these headers besides the request id."""
        body = json.dumps({"message": str(self)})
        with_id = {"x-request-id": request_id} | dict(headers)
        return Response(body, self.status, with_id, "application/json")


def literal_headers(expressions: Mapping[str, str]) -> dict[str, str]:
    """The headers whose mapping expression is a text in quotes, as GatewayResponses has them."""
    return {k: v.strip("'") for k, v in expressions.items() if v.startswith("'")}
