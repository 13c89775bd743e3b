"""The committed ASL is what the Python says."""

from workflows.render import TARGET, rendered


def test_the_committed_asl_is_not_stale() -> None:
    assert TARGET.read_text("utf-8") == rendered(), "run scripts/render and commit asl/"
