import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.processes.output import append_to, lossy

FULL = Path("/dev/full")
"""A file that has no room, on Linux."""
ROOT = Path(__file__).parents[3]
DESCRIPTORS_OF_A_NEW_FILE = """
import os
from local.processes import output
output.open_missing_descriptors()
output.make_standard_streams_lossy()
print("printed to nobody")
os.write(int(os.environ["ANSWER"]), str(os.open(os.devnull, os.O_RDONLY)).encode())
"""


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a file without room")
def test_a_full_disk_loses_lines_and_raises_nothing() -> None:
    with FULL.open("w") as full:
        stream = lossy(full.fileno())
        print("lost", file=stream)
        print("x" * 100_000, file=stream)
        stream.close()


def test_nobody_at_the_end_of_a_pipe_raises_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    print("lost", file=lossy(writer), flush=True)
    os.close(writer)


def test_lines_are_appended_at_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one\n")
    descriptor = append_to(log)
    print("zwei ü \udcff", file=lossy(descriptor))
    os.close(descriptor)
    assert log.read_text() == "one\nzwei ü \\udcff\n"


def test_a_log_that_cannot_be_opened_is_written_nowhere(tmp_path: Path) -> None:
    descriptor = append_to(tmp_path / "missing" / "log")
    print("lost", file=lossy(descriptor))
    os.close(descriptor)


def test_a_program_that_begins_without_standard_streams_opens_none_of_their_numbers() -> None:
    reader, writer = os.pipe()
    command = 'exec "$@" 0<&- 1>&- 2>&-'
    program = [sys.executable, "-c", DESCRIPTORS_OF_A_NEW_FILE]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ANSWER": str(writer)}
    subprocess.run(
        ["sh", "-c", command, "sh", *program], env=environment, pass_fds=[writer], check=True
    )
    os.close(writer)
    with os.fdopen(reader) as answer:
        assert int(answer.read()) > 2
