"""The error responses of the gateway itself; AWS calls them gateway responses."""

import json

from starlette.responses import Response


class GatewayError(Exception):
    """The request ends with this status and message, without a response of a function."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def response(self, request_id: str) -> Response:
        """The HTTP response."""
        body = json.dumps({"message": str(self)})
        return Response(body, self.status, {"x-request-id": request_id}, "application/json")
