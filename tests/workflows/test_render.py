"""What is committed is what the Python says."""

from pathlib import Path

import pytest

from workflows import render


@pytest.mark.parametrize("path", render.files(), ids=lambda path: path.name)
def test_the_committed_file_is_not_stale(path: Path) -> None:
    assert path.read_text("utf-8") == render.files()[path], "run scripts/render and commit"
