"""Starts the whole stack: what starts in which order, and what stops it."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import psutil

from deployment import template
from local import environment, eventbridge, mending, recovery
from local.api_gateway.gateway import Gateway
from local.api_gateway.health_route import HealthRoute
from local.api_gateway.host_check import HostCheck
from local.command_line import ROOT, Options
from local.deployments import Deployments
from local.health import Watch
from local.http import access_log, file_limit
from local.iam import role_file, session_token
from local.iam.callers import Callers
from local.lambda_functions import forkserver
from local.lambda_functions.invoke_api import InvokeApi
from local.lambda_functions.invoke_guard import InvokeGuard
from local.lambda_functions.runtime import Runtime
from local.lambda_functions.warm_up import WarmUp, end_idle_workers
from local.postgres import logins
from local.postgres import server as postgres
from local.postgres.socket_folder import socket_folder
from local.postgres.tables import Tables
from local.processes import child_process, daemon_thread, data_folder, http_server, output
from local.processes.background import background
from local.processes.child_process import Child
from local.processes.data_folder import DataFolder
from local.processes.log_rotation import keep_small
from local.processes.restarts import Component
from local.stack import Stack
from local.step_functions import moto_process, resources


@asynccontextmanager
async def started(options: Options) -> AsyncIterator[Stack]:
    """Start everything; when the context ends, everything is stopped in reverse order."""
    async with AsyncExitStack() as exits:
        exits.callback(_kill_remaining_children)
        api = exits.enter_context(http_server.listen(options.host, options.port))
        folder = exits.enter_context(data_folder.locked(options.data, fresh=options.fresh))
        yield await _Startup(options, folder, exits).run(api)


def _kill_remaining_children() -> None:
    """End the forkserver, which multiprocessing would end only some time after this program."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            process.kill()


class _Startup:
    """Starts the parts of a stack; `exits` stops them."""

    def __init__(self, options: Options, folder: DataFolder, exits: AsyncExitStack) -> None:
        self._options, self._folder, self._exits = options, folder, exits
        self._connections = file_limit.connections(file_limit.raise_limit())

    async def run(self, api: socket.socket) -> Stack:
        """Start everything behind this listening socket."""
        log = output.lossy(output.append_to(self._folder.log("gateway")))
        logging.basicConfig(stream=log, format="%(asctime)s %(message)s", force=True)
        access_log.write_json(logging.getLogger())
        await self._exits.enter_async_context(background([keep_small(self._folder.logs)]))
        invocations = self._listen(self._options.lambda_port)
        moto = self._listen(0)
        stack = self._stack(api, invocations, moto)
        runtime = await self._start_functions(stack, invocations)
        async with asyncio.TaskGroup() as group:
            postgres = group.create_task(self._start_postgres(stack))
            engine = group.create_task(self._start_moto(stack, moto))
        migrate = partial(_migrate_again, stack)
        held = mending.all_held(stack, runtime, postgres.result(), engine.result(), migrate)
        stack.watches = [Watch(each) for each in held]
        # The API is started last: until then, requests wait in the socket's queue.
        await self._start_api(stack, runtime, api)
        return stack

    def _listen(self, port: int) -> socket.socket:
        return self._exits.enter_context(http_server.listen("127.0.0.1", port))

    def _stack(self, api: socket.socket, invocations: socket.socket, moto: socket.socket) -> Stack:
        """Describe the stack before anything runs. Its components are added as they start."""
        socket = self._exits.enter_context(socket_folder(self._folder))
        login = logins.functions()
        settings = environment.settings(
            postgres.address(self._folder, socket),
            {"DB_SECRET_ARN": resources.SECRET_ARN} if self._options.unkind else login,
            http_server.url(moto),
            self._options.step_functions,
            session_token.new(),
        )
        settings["ALLOWED_ORIGINS"] = ",".join(self._options.allow_origin)
        values = environment.template_values(settings)
        contents = template.read(self._options.template, values)
        settings["STATE_MACHINE_ARN"] = contents.state_machine.arn
        _ = contents.state_machine.definition  # fails now, before anything runs, if it is missing
        return Stack(
            options=self._options,
            folder=self._folder,
            template=contents,
            api_url=http_server.url(api),
            lambda_url=http_server.url(invocations),
            settings=settings,
            tables=Tables(settings),
            login=login,
            components=[],
        )

    async def _start_functions(self, stack: Stack, invocations: socket.socket) -> Runtime:
        forkserver.start(self._folder.log("workers"))
        runtime = Runtime(environment.functions(stack.template, stack.settings), self._folder.logs)
        self._exits.callback(runtime.stop)
        await self._exits.enter_async_context(background([end_idle_workers(runtime)]))
        callers = _callers_of_functions(stack)
        faults = self._options.faults
        self._invoke_api = InvokeApi(runtime, with_faults=faults, callers=callers).app
        guarded = InvokeGuard(self._invoke_api, stack.token, _opened_to_engine(stack))
        most = self._connections.invoke_api
        await self._exits.enter_async_context(http_server.serving(guarded, invocations, most))
        return runtime

    async def _start_postgres(self, stack: Stack) -> Component:
        start = partial(postgres.server, self._folder, Path(stack.settings["DB_HOST"]))
        server = await Component.started(start, self._exits)
        stack.components.append(server)
        await server.child.while_alive(_migrate(stack))
        await _set_password(stack)
        stack.has_logins = True
        return server

    async def _start_moto(self, stack: Stack, listening: socket.socket) -> Component:
        engine = await Component.started(partial(_moto, stack, listening), self._exits)
        stack.components.append(engine)
        return engine

    async def _start_api(self, stack: Stack, runtime: Runtime, api: socket.socket) -> None:
        contents, key = stack.template, self._options.api_key
        binary, errors = contents.binary_types, contents.error_headers
        gateway = Gateway(contents.routes, WarmUp(runtime), key, binary, errors)
        healthy = HealthRoute(gateway, stack.missing)
        served = HostCheck(healthy) if http_server.is_loopback(api) else healthy
        most = self._connections.api
        await self._exits.enter_async_context(http_server.serving(served, api, most))
        schedules = eventbridge.at_rate(contents.schedules, self._options.schedules)
        await self._exits.enter_async_context(eventbridge.running(schedules, runtime))
        if schedules and not self._options.step_functions:
            recovering = recovery.running(stack.engine_started, contents, runtime)
            await self._exits.enter_async_context(recovering)
        deployments = Deployments(stack, runtime, gateway, partial(_migrate, stack))
        self._invoke_api.routes.append(deployments.route)


def _callers_of_functions(stack: Stack) -> Callers | None:
    """Who may invoke functions; None: everybody. Another engine has no role of ours."""
    restricted = stack.options.unkind and not stack.options.step_functions
    return Callers(lambda: stack.template.roles) if restricted else None


def _opened_to_engine(stack: Stack) -> Callable[[str], bool] | None:
    """What may be invoked without the run's token, which another engine does not have.

    It is what the state machine's role allows. None: nothing.
    """
    if not stack.options.step_functions:
        return None
    return lambda arn: stack.template.state_machine.role.allows("lambda:InvokeFunction", arn)


async def _migrate(stack: Stack, root: Path = ROOT) -> None:
    """Migrate the database for the release in this folder, and note what tables it has now."""
    await _run_migrations(stack, root)
    stack.release = root
    await stack.tables.note()


async def _migrate_again(stack: Stack) -> None:
    """Create the tables that were lost, and their logins. Raises StackFailure."""
    await _run_migrations(stack, stack.release)
    await _set_password(stack)


async def _run_migrations(stack: Stack, root: Path) -> None:
    """Migrate the database and seed an empty inventory, as scripts/migrate of this folder does."""
    rollback = () if root == ROOT else ("--rollback",)  # a deployment may lead back
    command = (sys.executable, "-m", "operations.migrations", "--seed", *rollback)
    variables = {**os.environ, **logins.owner(stack.settings), "PYTHONPATH": str(root)}
    log = stack.folder.log("migrations")
    await child_process.run("Migrating the database", *command, log=log, env=variables, cwd=root)


async def _set_password(stack: Stack) -> None:
    """Let the functions log in with the password in `stack.login`, also after a rotation."""
    create = partial(logins.create, stack.settings, stack.login["DB_PASSWORD"])
    await daemon_thread.call(create)


@asynccontextmanager
async def _moto(stack: Stack, listening: socket.socket) -> AsyncIterator[Child]:
    """Run moto, and create the bucket and the state machine, which it does not keep on disk."""
    lambda_port = int(stack.lambda_url.rpartition(":")[2])
    log = stack.folder.log("moto")
    options = [*_moto_options(stack.options), "--bucket", str(stack.folder.bucket)]
    if stack.options.unkind:
        role_file.write(stack.folder.roles, stack.template.roles.values())
        options += ["--roles", str(stack.folder.roles)]
    async with moto_process.server(
        listening, lambda_port, ROOT, log, stack.token, *options
    ) as server:
        await server.while_alive(_create_resources(stack))
        if stack.has_logins:  # moto has restarted, and the old password is in its new secret
            await server.while_alive(_set_password(stack))
        stack.engine_started.set()
        yield server


def _moto_options(options: Options) -> list[str]:
    faults = ["--faults"] if options.faults else []
    unkind = ["--quota-scale", str(options.quota_scale)] if options.unkind else []
    return [str(options.backoff_scale), *faults, *unkind]


async def _create_resources(stack: Stack) -> None:
    token = stack.token
    s3, step_functions = (stack.settings[f"AWS_ENDPOINT_URL_{name}"] for name in ("S3", "SFN"))
    secret = [resources.create_secret(s3, token, stack.login)] if stack.options.unkind else []
    await asyncio.gather(
        *secret,
        resources.create_bucket(s3, token),
        resources.create_state_machine(step_functions, token, stack.template.state_machine),
    )
