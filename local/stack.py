"""The running stack: what runs where, stack.json, and restarting what dies."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployment.template import Template
from local.command_line import ROOT, Options
from local.health import Watch
from local.iam import session_token
from local.postgres.tables import Tables
from local.processes.data_folder import DataFolder
from local.processes.restarts import Component


@dataclass
class Stack:
    """One running local cloud.

    `settings` are the environment variables that lead to it. `login` is the functions' DB_USER and
    DB_PASSWORD, which they may have from a secret instead. `has_logins` says whether PostgreSQL
    has the login yet. `template` is that of the release that was deployed last, and `release` its
    folder.
    """

    options: Options
    folder: DataFolder
    template: Template
    api_url: str
    lambda_url: str
    settings: dict[str, str]
    tables: Tables
    login: dict[str, str]
    components: list[Component]
    watches: list[Watch] = field(default_factory=list)
    has_logins: bool = False
    release: Path = ROOT
    engine_started: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def token(self) -> str:
        """The secret of this run, without which the services behind the API answer nobody."""
        return self.settings[session_token.VARIABLE]

    def describe(self) -> None:
        """Write stack.json, for scripts and tests, and the headers, for curl."""
        self.folder.describe(self._description(), {session_token.HEADER: self.token})

    def _description(self) -> dict[str, Any]:
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

    def _describe_again(self) -> None:
        """Write the new process ids. On a full disk the old stack.json stays."""
        with suppress(OSError):
            self.describe()

    def missing(self) -> dict[str, str]:
        """What each component that is not whole lacks, in words, by the component's name."""
        return {watch.held.name: watch.missing for watch in self.watches if watch.missing}

    async def keep_running(self) -> None:
        """Restart PostgreSQL and moto when they die, and mend what they lose."""
        async with asyncio.TaskGroup() as group:
            for watch in self.watches:
                group.create_task(watch.keep_watching())
            for component in self.components:
                group.create_task(component.keep_running(restarted=self._describe_again))
