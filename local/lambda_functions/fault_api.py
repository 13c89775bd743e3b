"""Plans the faults of functions over HTTP, at /faults of the Lambda address."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.faults.fault_plan import as_json
from local.faults.function_faults import FAULTS
from local.lambda_functions.runtime import Runtime


class FaultApi:
    """PUT replaces the faults of a function, POST adds to them, DELETE removes all faults."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.routes = [
            Route("/faults/{function}", self.plan, methods=["PUT", "POST"]),
            Route("/faults", self.clear, methods=["DELETE"]),
            Route("/faults", self.report, methods=["GET"]),
        ]

    async def plan(self, request: Request) -> Response:
        """Plan faults of a function. The request's body is a list of them."""
        function = request.path_params["function"]
        if function not in self._runtime:
            return JSONResponse({"message": f"Function not found: {function}"}, 404)
        try:
            faults = FAULTS.validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse({"message": str(error)}, 400)
        if request.method == "POST":
            self._runtime.faults.add(function, faults)
        else:
            self._runtime.faults.replace(function, faults)
            self._runtime.held.release(function)
        return Response(status_code=204)

    async def clear(self, _: Request) -> Response:
        """Remove all faults, and let all held invocations continue."""
        self._runtime.faults.clear()
        self._runtime.held.release_all()
        return Response(status_code=204)

    async def report(self, _: Request) -> Response:
        """How many invocations of each function are held or running, and the remaining faults."""
        invocations = {"held": self._runtime.held.counts(), "running": self._runtime.running()}
        return JSONResponse(invocations | {"planned": as_json(self._runtime.faults)})
