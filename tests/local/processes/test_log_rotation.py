import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.processes.log_rotation import OLD_LOGS, rotate


def test_a_full_log_is_kept_under_another_name_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    with log.open("a", buffering=1) as writer:
        writer.write("many words\n")
        rotate(tmp_path, most=5)
        writer.write("more\n")

    assert log.read_text() == "more\n"
    assert (tmp_path / "a.log.1").read_text() == "many words\n"
    assert (tmp_path / "a.log.1").stat().st_mode & 0o777 == 0o600


def test_a_log_that_is_not_full_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("12345")
    rotate(tmp_path, most=5)
    assert [each.name for each in tmp_path.iterdir()] == ["a.log"]


def test_the_three_newest_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    for number in range(5):
        log.write_text(f"{number} and more")
        rotate(tmp_path, most=5)

    kept = [(tmp_path / f"a.log.{age}").read_text()[0] for age in range(1, OLD_LOGS + 1)]
    assert kept == ["4", "3", "2"]
    assert len(list(tmp_path.iterdir())) == 1 + OLD_LOGS == 4


def test_a_log_that_the_disk_has_no_room_to_keep_is_emptied(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("x" * 2000)
    with no_file_larger_than(1000):
        rotate(tmp_path, most=5)
    assert log.read_text() == ""
    assert [each.name for each in tmp_path.iterdir()] == ["a.log"]


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let writes fail as on a full disk, which needs no disk to be full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
