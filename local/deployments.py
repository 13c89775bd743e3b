"""Deploys another release to the running stack, as `sam deploy` does on AWS.

`POST /releases` of the Lambda address, with the API key in `x-api-key` and the release's folder in
the body, `{"folder": "/a/tree"}`. scripts/deploy_local sends it. A release is a whole tree:
template.yaml, the rendered ASL, the code and the migrations; its Python packages and its
schedules are those with which the stack started. Its folder must stay as it is while its orders are
in flight: each new worker process of an old version imports its handler from there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deployment import template
from deployment.errors import InvalidTemplate
from local import environment
from local.api_gateway import api_key
from local.api_gateway.error_responses import GatewayError
from local.api_gateway.gateway import Gateway
from local.iam import role_file
from local.lambda_functions.runtime import Runtime
from local.processes.errors import StackFailure
from local.stack import Stack
from local.step_functions import resources


class Release(BaseModel):
    """The body of the request: the folder of the release's tree."""

    folder: Path


class Deployments:
    """Deploys releases, one at a time. Their numbers are the functions' versions."""

    def __init__(
        self,
        stack: Stack,
        runtime: Runtime,
        gateway: Gateway,
        migrate: Callable[[Path], Awaitable[None]],
    ) -> None:
        self._stack, self._runtime, self._gateway = stack, runtime, gateway
        self._migrate = migrate
        self._version = 1
        self._one_at_a_time = asyncio.Lock()
        self.route = Route("/releases", self.post, methods=["POST"])

    async def post(self, request: Request) -> Response:
        """Deploy the release; respond with its number, or with why it cannot be deployed."""
        try:
            api_key.check(request, self._stack.options.api_key)
            release = Release.model_validate_json(await request.body())
            async with self._one_at_a_time:
                return JSONResponse({"version": await self.deploy(release.folder)}, 201)
        except GatewayError as error:
            return error.response("")
        except (InvalidTemplate, StackFailure, ValidationError) as error:
            return JSONResponse({"message": str(error)}, 400)

    async def deploy(self, folder: Path) -> int:
        """Migrate, set the roles, publish the functions, change the definition, then the API.

        Raises InvalidTemplate before anything is changed, and StackFailure.
        """
        version = self._version + 1
        values = environment.template_values(self._stack.settings)
        contents = template.read(folder / "template.yaml", values, version)
        _ = contents.state_machine.definition  # fails now if it is missing
        await self._migrate(folder)
        functions = environment.functions(contents, self._stack.settings)
        self._runtime.publish(functions)
        self._version, self._stack.template = version, contents
        role_file.write(self._stack.folder.roles, contents.roles.values())
        url = self._stack.settings["AWS_ENDPOINT_URL_SFN"]
        await resources.create_state_machine(url, self._stack.token, contents.state_machine)
        self._runtime.go_live(functions)
        self._gateway.deploy(contents.routes, contents.binary_types, contents.error_headers)
        return version
