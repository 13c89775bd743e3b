"""The whole stack: what starts in which order, and what stops it."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from deployment import template
from deployment.template import Function, Template
from local import eventbridge
from local.api_gateway.gateway import Gateway
from local.lambda_functions import worker_process
from local.lambda_functions.invoke_api import InvokeApi
from local.lambda_functions.runtime import Runtime
from local.postgres import server as postgres
from local.processes import data_folder, http_server
from local.processes.children import Child
from local.processes.data_folder import DataFolder
from local.processes.restarts import Component
from local.step_functions import moto_process

ROOT = Path(__file__).resolve().parent.parent  # where the functions' code is


@dataclass(frozen=True)
class Options:
    """The command line."""

    host: str
    port: int
    lambda_port: int
    api_key: str
    data: Path
    template: Path
    step_functions: str | None
    fresh: bool
    faults: bool
    schedules: float | None


@dataclass(frozen=True)
class Stack:
    """What runs, and where. `settings`: the environment that leads there."""

    options: Options
    folder: DataFolder
    template: Template
    api_url: str
    lambda_url: str
    settings: dict[str, str]
    components: list[Component]

    def equipped(self, function: Function) -> Function:
        """The function with what AWS adds to its environment."""
        own = {
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "TZ": ":UTC",
            "_HANDLER": function.handler,
        }
        aws_names = {
            name: value for name, value in self.settings.items() if name.startswith("AWS_")
        }
        return replace(function, environment=dict(function.environment) | own | aws_names)

    def description(self) -> dict[str, Any]:
        """stack.json, for scripts and tests."""
        return {
            "api_url": self.api_url,
            "api_key": self.options.api_key,
            "lambda_url": self.lambda_url,
            "aws_url": self.settings["AWS_ENDPOINT_URL_S3"],
            "step_functions_url": self.settings["AWS_ENDPOINT_URL_SFN"],
            "environment": self.settings,
            "logs": str(self.folder.logs),
            "pids": {"local": os.getpid()}
            | {this.child.name: this.child.process.pid for this in self.components},
        }

    def describe(self) -> None:
        """Write stack.json."""
        self.folder.describe(self.description())

    async def keep(self) -> None:
        """Start again what ends, until that does not help. Raises StackFailure in a group."""
        async with asyncio.TaskGroup() as group:
            for this in self.components:
                group.create_task(this.keep(changed=self.describe))


@asynccontextmanager
async def started(options: Options) -> AsyncIterator[Stack]:
    """Start everything; on exit everything is stopped, in reverse."""
    async with AsyncExitStack() as exits:
        exits.callback(_end_rest)
        api = exits.enter_context(http_server.listen(options.host, options.port))
        folder = exits.enter_context(data_folder.held(options.data, fresh=options.fresh))
        yield await _start(options, folder, api, exits)


def _end_rest() -> None:
    """End the fork server, which multiprocessing would let go a little later."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            process.kill()


async def _start(
    options: Options, folder: DataFolder, api: socket.socket, exits: AsyncExitStack
) -> Stack:
    logging.basicConfig(
        filename=folder.log("gateway"), format="%(asctime)s %(message)s", force=True
    )
    invocations = exits.enter_context(http_server.listen("127.0.0.1", options.lambda_port))
    moto = exits.enter_context(http_server.listen("127.0.0.1", 0))
    database = exits.enter_context(postgres.socket_folder(folder))
    settings = _settings(database, http_server.url(moto), options.step_functions)
    read = template.read(options.template, _values(settings))
    settings["STATE_MACHINE_ARN"] = read.state_machine.arn
    stack = Stack(
        options=options,
        folder=folder,
        template=read,
        api_url=http_server.url(api),
        lambda_url=http_server.url(invocations),
        settings=settings,
        components=[],
    )
    runtime = await _run_functions(stack, invocations, exits)
    async with asyncio.TaskGroup() as group:
        group.create_task(runtime.warm_up())
        group.create_task(_run_database(stack, exits))
        group.create_task(_run_aws(stack, moto, exits))
    # Last: who calls before all is ready waits in the socket's queue.
    gateway = Gateway(read.routes, runtime, options.api_key, read.binary_types)
    await exits.enter_async_context(http_server.serving(gateway, api))
    due = eventbridge.at_rate(read.schedules, options.schedules)
    await exits.enter_async_context(eventbridge.running(due, runtime))
    return stack


def _settings(database: Path, aws_url: str, step_functions: str | None) -> dict[str, str]:
    return {
        **postgres.settings(database),
        **moto_process.SETTINGS,
        "AWS_ENDPOINT_URL_S3": aws_url,
        "AWS_ENDPOINT_URL_SFN": step_functions or aws_url,
        "S3_BUCKET": moto_process.BUCKET,
    }


def _values(settings: dict[str, str]) -> dict[str, str]:
    """Local values for template.yaml's parameters and resources."""
    names = {"DbHost": "DB_HOST", "DbPort": "DB_PORT", "DbName": "DB_NAME"}
    names |= {"DbUser": "DB_USER", "DbPassword": "DB_PASSWORD", "OrderBackupBucket": "S3_BUCKET"}
    return {name: settings[setting] for name, setting in names.items()}


async def _run_functions(
    stack: Stack, invocations: socket.socket, exits: AsyncExitStack
) -> Runtime:
    worker_process.start_fork_server(stack.folder.log("workers"))
    runtime = Runtime(map(stack.equipped, stack.template.functions.values()), stack.folder.logs)
    exits.callback(runtime.stop)
    app = InvokeApi(runtime, with_faults=stack.options.faults).app
    await exits.enter_async_context(http_server.serving(app, invocations))
    return runtime


async def _run_database(stack: Stack, exits: AsyncExitStack) -> None:
    socket_folder = Path(stack.settings["DB_HOST"])
    server = await Component.started(partial(postgres.server, stack.folder, socket_folder), exits)
    stack.components.append(server)
    await server.child.while_alive(
        postgres.migrate(stack.settings, stack.folder.log("migrations"), ROOT)
    )


async def _run_aws(stack: Stack, listening: socket.socket, exits: AsyncExitStack) -> None:
    stack.components.append(await Component.started(partial(_aws, stack, listening), exits))


@asynccontextmanager
async def _aws(stack: Stack, listening: socket.socket) -> AsyncIterator[Child]:
    """moto, with the bucket and the state machine that it cannot remember."""
    port = int(stack.lambda_url.rpartition(":")[2])
    log = stack.folder.log("moto")
    async with moto_process.server(
        listening, port, ROOT, log, with_faults=stack.options.faults
    ) as server:
        await server.while_alive(
            asyncio.gather(
                moto_process.create_bucket(stack.settings["AWS_ENDPOINT_URL_S3"]),
                moto_process.create_state_machine(
                    stack.settings["AWS_ENDPOINT_URL_SFN"], stack.template.state_machine
                ),
            )
        )
        yield server
