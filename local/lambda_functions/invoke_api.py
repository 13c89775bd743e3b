"""Lambda's Invoke API over HTTP, which any Step Functions engine can call."""

import asyncio
import json
import logging
import re
import uuid
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deployment.cloudformation import ACCOUNT, REGION
from local.aws_requests import access_key
from local.faults.invoke_errors import InvokeRefused
from local.iam.callers import Callers
from local.lambda_functions.concurrency_limit import Throttled
from local.lambda_functions.fault_api import FaultApi
from local.lambda_functions.invocation_result import EVENT_BYTES, InvocationResult
from local.lambda_functions.runtime import Runtime, UnknownFunction

ALIAS = "live"
"""AutoPublishAlias in template.yaml: API and schedule call the functions through it."""
_NAME_OR_ARN = re.compile(
    r"((arn:aws:lambda:[a-z0-9-]+:)?\d{12}:function:)?(?P<name>[\w-]+(:[\w$-]+)?)", re.ASCII
)
_log = logging.getLogger(__name__)


class InvokeApi:
    """Serves a runtime over HTTP; /faults is served only `with_faults`.

    With `callers`, a function is invoked only if the caller's role allows it.
    """

    def __init__(
        self, runtime: Runtime, *, with_faults: bool, callers: Callers | None = None
    ) -> None:
        self._runtime, self._callers = runtime, callers
        self._background: set[asyncio.Task[InvocationResult]] = set()
        routes = [
            Route("/2015-03-31/functions/{name:path}/invocations", self.invoke, methods=["POST"])
        ]
        if with_faults:
            routes += FaultApi(runtime).routes
        self.app = Starlette(routes=routes)

    async def invoke(self, request: Request) -> Response:
        """Respond as AWS does: a handler that fails makes a 200 with X-Amz-Function-Error."""
        if refusal := self._refusal(request):
            # Lambda names it AccessDeniedException, and Step Functions, which invokes the
            # functions, reports that as Lambda.AWSLambdaException.
            return lambda_error(403, "AWSLambdaException", refusal)
        name, _, qualifier = function_name(request.path_params["name"]).partition(":")
        body = await request.body()
        try:
            version = self._runtime.version(name, _version(qualifier))
        except UnknownFunction:
            arn = f"{function_arn(name)}:{qualifier}".rstrip(":")
            return lambda_error(404, "ResourceNotFoundException", f"Function not found: {arn}")
        if len(body) > EVENT_BYTES:
            message = f"Request must be smaller than {EVENT_BYTES} bytes"
            return lambda_error(413, "RequestTooLargeException", message)
        try:
            event = json.loads(body or b"{}")
        except ValueError as error:
            message = f"Could not parse request body into json: {error}"
            return lambda_error(400, "InvalidRequestContentException", message)
        return await self._dispatch(request, name, version, event)

    def _refusal(self, request: Request) -> str | None:
        """Why the caller may not invoke the function, or None when it may."""
        if self._callers is None:
            return None
        arn = function_arn(request.path_params["name"])
        caller = access_key(request.headers.get("authorization", ""))
        return self._callers.refusal(caller, "lambda:InvokeFunction", arn)

    async def _dispatch(self, request: Request, name: str, version: int, event: object) -> Response:
        kind = request.headers.get("x-amz-invocation-type", "RequestResponse")
        request_id = str(uuid.uuid4())
        if kind == "DryRun":
            return _response(b"", request_id, 204)
        running = asyncio.create_task(
            self._runtime.invoke(name, event, request_id, version=version)
        )
        if kind == "Event":  # it runs once; AWS would retry it if it fails
            self._background.add(running)
            running.add_done_callback(self._end_of_event)
            return _response(b"", request_id, 202)
        try:
            result = await running
        except Throttled:
            reason = {"Reason": "ConcurrentInvocationLimitExceeded"}
            return lambda_error(429, "TooManyRequestsException", "Rate Exceeded.", **reason)
        except InvokeRefused as refused:
            return lambda_error(refused.status, refused.error, str(refused))
        headers = {"x-amz-executed-version": str(version)}
        if result.failed:
            headers["x-amz-function-error"] = "Unhandled"
        return _response(result.payload, request_id, 200, headers)

    def _end_of_event(self, running: asyncio.Task[InvocationResult]) -> None:
        """Log an asynchronous event that could not run, such as a throttled one: it is lost."""
        self._background.discard(running)
        if not running.cancelled() and (error := running.exception()):
            _log.warning("an asynchronous event was not run: %r", error)


def function_name(path: str) -> str:
    """The function's name, with its qualifier if there is one, without the rest of its ARN.

    Empty when the path is neither a name nor an ARN. Permissions are judged on the very same name.
    """
    named = _NAME_OR_ARN.fullmatch(unquote(path))
    return named["name"] if named else ""


def _version(qualifier: str) -> int | None:
    """The number of the version that the qualifier names; None for that of the alias.

    A deployment publishes what it deploys, so $LATEST is the version of the alias, too.
    """
    if qualifier in ("", "$LATEST", ALIAS):
        return None
    return int(qualifier) if qualifier.isdecimal() else 0  # numbers begin with 1


def function_arn(path: str) -> str:
    """The ARN of the function that a path names: by its name or its ARN, with a qualifier."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function_name(path)}"


def lambda_error(status: int, name: str, message: str, **more: str) -> Response:
    """A response with an error of Lambda, by the name that AWS gives it."""
    document = {"Type": "User", "Message": message, "message": message, **more}
    headers = {"x-amzn-errortype": name}
    return _response(json.dumps(document).encode(), str(uuid.uuid4()), status, headers)


def _response(
    body: bytes, request_id: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    common = {"x-amzn-requestid": request_id}
    return Response(body, status, common | (headers or {}), "application/json")
