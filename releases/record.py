"""What a release consists of, as a JSON file in this folder."""

import json
import tomllib
from pathlib import Path
from typing import Any

from pg8000.native import Connection
from pydantic import BaseModel, ConfigDict

from operations.migrations import migrations
from releases.documents import schemas
from releases.permissions import Permissions, granted
from releases.statements import Statement, described
from workflows.checks.deployment import deployed
from workflows.order_processing import order_processing

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent


class Task(BaseModel):
    """A function of the definition: the schemas of its input and its output."""

    model_config = ConfigDict(extra="forbid")

    input: dict[str, Any]
    output: dict[str, Any]


class Record(BaseModel):
    """A release. `tasks` are the functions that the definition calls, by their substitutions."""

    model_config = ConfigDict(extra="forbid")

    version: str
    definition: dict[str, Any]
    tasks: dict[str, Task]
    statements: dict[str, Statement]
    permissions: Permissions
    migrations: dict[str, str]

    @property
    def path(self) -> Path:
        """Where the record belongs."""
        return path_of(self.version)

    @property
    def text(self) -> str:
        """The record's file."""
        return json.dumps(self.model_dump(), indent=2, ensure_ascii=False) + "\n"


def present(conn: Connection) -> Record:
    """The record of today's tree; the connection leads to a migrated database."""
    return Record(
        version=present_version(),
        definition=order_processing(),
        tasks={
            name: Task(input=schemas(task.spec.input), output=schemas(task.spec.output))
            for name, task in sorted(deployed().items())
            if task.spec
        },
        statements=described(conn),
        permissions=granted(),
        migrations={file.name: file.checksum for file in migrations()},
    )


def present_version() -> str:
    """The version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def path_of(version: str) -> Path:
    """Where the version's record belongs."""
    return FOLDER / f"{version}.json"


def is_released(version: str, root: Path = ROOT) -> bool:
    """Whether the version has its record, and its own heading in CHANGELOG.md."""
    record = root / path_of(version).relative_to(ROOT)
    return record.exists() and f"\n## [{version}]" in (root / "CHANGELOG.md").read_text("utf-8")


def last() -> Record:
    """The record of the newest release."""
    newest = max(FOLDER.glob("*.json"), key=lambda path: in_order(path.stem))
    return Record.model_validate_json(newest.read_text("utf-8"))


def in_order(version: str) -> tuple[int, ...]:
    """A key to sort versions by: 0.10.0 comes after 0.9.0."""
    return tuple(map(int, version.split(".")))
