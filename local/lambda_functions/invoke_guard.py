"""ASGI middleware in front of the Lambda address: answers callers that know the run's token."""

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from local.iam import session_token, web_pages
from local.lambda_functions.invoke_api import function_arn, lambda_error

_INVOCATION = re.compile(r"/2015-03-31/functions/(?P<function>.+)/invocations")


class InvokeGuard:
    """An application that only those may use who send the token, and no web page.

    `opened` says whether others, too, may invoke the function of an ARN: another Step Functions
    engine cannot send the token.
    """

    def __init__(
        self, application: ASGIApp, token: str, opened: Callable[[str], bool] | None = None
    ) -> None:
        self._application, self._token, self._opened = application, token, opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it in Lambda's words."""
        request = Request(scope)
        if self._is_allowed(request):
            await self._application(scope, receive, send)
        else:
            refused = lambda_error(403, "UnrecognizedClientException", session_token.MESSAGE)
            await refused(scope, receive, send)

    def _is_allowed(self, request: Request) -> bool:
        headers = request.headers
        if web_pages.may_be_sender(headers.get("host", ""), headers.get("origin")):
            return False
        sent = headers.get(session_token.HEADER, "")
        return session_token.matches(sent, self._token) or self._is_open(request)

    def _is_open(self, request: Request) -> bool:
        invocation = _INVOCATION.fullmatch(request.scope["path"])
        if self._opened is None or invocation is None or request.method != "POST":
            return False
        return self._opened(function_arn(invocation["function"]))
