"""The README's commands, and those that scripts/up prints, give what they show when pasted.

All lines are pasted at once into an interactive shell, right after the first start: a shell that
reads its commands from a pipe runs each line as if it were typed.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.running.stacks import ROOT
from tests.running.waiting import eventually

README = (ROOT / "README.md").read_text("utf-8")
TRY_IT = README.partition("## Try it\n")[2].partition("\n## ")[0]
URL = "http://127.0.0.1:8080"
SHELLS = [shell for shell in ("bash", "zsh") if shutil.which(shell)]
ANY_VALUE = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", r"[0-9a-f-]{36}"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", r"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d"),
    (r"550e8400-\\\.\\\.\\\.|\\\.\\\.\\\.", r".*"),
]
"""Values that differ from run to run, in an escaped text, and patterns that match them all."""


def blocks(text: str, language: str) -> list[str]:
    """The text's code blocks in this language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def pattern(shown: str) -> str:
    """A pattern of the output that is shown: ids, times and `...` stand for any."""
    escaped = re.sub(r"([.*+?^$|()\[\]{}\\])", r"\\\1", shown)
    for value, any_value in ANY_VALUE:
        escaped = re.sub(value, any_value, escaped)
    return escaped


@dataclass
class Started:
    """What scripts/up has printed since its first start."""

    printed: str

    @property
    def url(self) -> str:
        found = re.search(r"API +(http://\S+)", self.printed)
        assert found
        return found[1]

    @property
    def commands(self) -> str:
        return self.printed.partition("terminal:\n\n")[2].partition("\nCtrl-C stops")[0]


@pytest.fixture(scope="module")
def started(starts_a_stack: None) -> Iterator[Started]:
    """scripts/up on an empty folder, ready."""
    with TemporaryDirectory(prefix="orders-") as folder:
        output = Path(folder, "printed.txt")
        command = ["scripts/up", "--port", "0", "--data", f"{folder}/data"]
        with (
            output.open("w") as file,
            subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT) as process,
        ):

            def ready() -> str:
                assert process.poll() is None, output.read_text()
                assert "Ctrl-C stops everything." in output.read_text()
                return output.read_text()

            try:
                yield Started(eventually(ready, seconds=120))
            finally:
                process.terminate()


def paste(shell: str, lines: str, folder: Path) -> list[str]:
    """What an interactive shell prints to whom pasted the lines, without its prompts."""
    startless = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"]}[shell]
    ended = subprocess.run(
        [shell, *startless, "-i"],
        cwd=folder,
        input=f"PS1= PS2= PROMPT_COMMAND=\n{lines}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        start_new_session=True,  # an interactive shell must not take pytest's terminal
    )
    errors = [line for line in ended.stderr.splitlines() if "not found" in line]
    assert errors == [], ended.stderr
    return ended.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_pasted_at_once_prints_what_is_shown(
    started: Started, shell: str, tmp_path: Path
) -> None:
    lines = "".join(blocks(TRY_IT, "bash")).replace(URL, started.url)

    printed = paste(shell, lines, tmp_path)

    shown = "".join(blocks(TRY_IT, "json")).splitlines()
    assert len(printed) == len(shown), printed
    for line, expected in zip(printed, shown, strict=True):
        assert re.fullmatch(pattern(expected), line), f"shown: {expected}\nprinted: {line}"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_commands_that_the_start_prints_make_an_order_and_show_it(
    started: Started, shell: str, tmp_path: Path
) -> None:
    printed = paste(shell, started.commands, tmp_path)

    created, order, status = map(json.loads, printed)
    assert created["message"] == "Order created successfully"
    assert order["order_id"] == status["input_identifier"] == created["order_id"]
    assert (order["customer_id"], order["total_amount"]) == ("CUST001", 2029.97)


def test_the_command_that_the_start_prints_for_psql_reads_the_tables(
    started: Started, tmp_path: Path
) -> None:
    (psql,) = re.findall(r"PostgreSQL +(.+)", started.printed)
    products = paste("bash", f"{psql} -At -c 'TABLE inventory'", tmp_path)
    assert len(products) == 4


def test_what_is_shown_is_matched_with_any_id_and_time_but_nothing_else() -> None:
    shown = '{"id": "550e8400-...", "at": "2024-01-24T10:30:00", "a": [..., 1.5]}'
    assert re.fullmatch(pattern(shown), '{"id": "x-1", "at": "2026-11-24T18:00:01", "a": [2, 1.5]}')
    assert not re.fullmatch(pattern(shown), '{"id": "x", "at": "now", "a": [2, 1.5]}')
    assert not re.fullmatch(pattern(shown), '{"id": "x", "at": "2026-11-24T18:00:01", "a": [2, 1]}')


def test_no_pasted_line_has_a_comment() -> None:
    """zsh takes a pasted comment for arguments."""
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    commented = [
        line
        for document in documents
        for language in ("bash", "sh")
        for block in blocks(document.read_text("utf-8"), language)
        for line in block.splitlines()
        if re.search(r"(^|\s)# ", line)
    ]
    assert commented == []


def test_the_readmes_address_and_key_are_those_of_a_fresh_start() -> None:
    assert f"API={URL}\nKEY=local-dev-key\n" in blocks(README, "bash")
