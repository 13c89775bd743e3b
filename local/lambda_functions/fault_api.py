"""Plans the faults of functions over HTTP, and tells who is held."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.faults.function_faults import FAULTS
from local.faults.plan import dumped
from local.lambda_functions.runtime import Runtime


class FaultApi:
    """PUT replaces the faults of a function, POST adds some, DELETE clears all; GET tells."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.routes = [
            Route("/faults/{function}", self.plan, methods=["PUT", "POST"]),
            Route("/faults", self.clear, methods=["DELETE"]),
            Route("/faults", self.tell, methods=["GET"]),
        ]

    async def plan(self, request: Request) -> Response:
        """Plan faults of a function; the body is the list of them."""
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
            self._runtime.faults.put(function, faults)
            self._runtime.holds.release(function)
        return Response(status_code=204)

    async def clear(self, _: Request) -> Response:
        """Plan no faults any more, and let go who is held."""
        self._runtime.faults.clear()
        self._runtime.holds.release_all()
        return Response(status_code=204)

    async def tell(self, _: Request) -> Response:
        """By function: how many are held, how many run (those included), which faults remain."""
        runtime = self._runtime
        told = {"held": runtime.holds.counts(), "running": runtime.running()}
        return JSONResponse(told | {"planned": dumped(runtime.faults)})
