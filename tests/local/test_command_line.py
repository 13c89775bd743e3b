import re
from pathlib import Path

import pytest

from deployment import template
from local import command_line

WRONG_ORIGINS = [
    *("*", "null", "localhost:3000", "https://shop.example/", "https://shop.example/path"),
    *("https://*.example", "https://SHOP.example", "ftp://shop.example", "http://a,http://b"),
]


def test_without_options_the_stack_listens_on_loopback_with_the_development_key() -> None:
    options = command_line.parse([])
    assert (options.host, options.port, options.api_key) == ("127.0.0.1", 8080, "local-dev-key")
    assert (options.fresh, options.faults, options.schedules) == (False, False, None)
    assert options.data == Path(command_line.ROOT, ".local")


def test_the_address_of_an_engine_loses_its_last_slash() -> None:
    options = command_line.parse(["--step-functions", "http://127.0.0.1:8083/"])
    assert options.step_functions == "http://127.0.0.1:8083"


@pytest.mark.parametrize(
    "wrong",
    [
        ["--step-functions", "8083"],
        ["--api-key", ""],
        ["--api-key", "ü"],
        ["--api-key", " a"],
        ["--schedules", "-1"],
        ["--schedules", "nan"],
        ["--schedules", "often"],
        ["--backoff-scale", "-1"],
        ["--backoff-scale", "inf"],
        ["--quota-scale", "-1"],
        ["--port", "-1"],
        ["--port", "65536"],
        ["--lambda-port", "65536"],
        ["--host", ""],
        ["--data", ""],
        ["--quota-scale", "2"],
        ["--backoff-scale", "0.5", "--step-functions", "http://127.0.0.1:8083"],
        ["--quota", "2", "--unkind"],
        ["fresh"],
        *[["--allow-origin", origin] for origin in WRONG_ORIGINS],
    ],
)
def test_a_wrong_option_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.parse(wrong)
    assert ended.value.code == 2
    assert wrong[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    "origin", ["https://shop.example", "http://localhost:3000", "http://[::1]:8000"]
)
def test_several_origins_can_be_allowed_by_the_rule_of_the_template(origin: str) -> None:
    options = command_line.parse(["--allow-origin", origin, "--allow-origin", "http://127.0.0.1"])
    assert options.allow_origin == [origin, "http://127.0.0.1"]
    rule = template.load()["Parameters"]["AllowedOrigins"]["AllowedPattern"]
    assert re.fullmatch(rule, ",".join(options.allow_origin))
    assert re.fullmatch(rule, "")


@pytest.mark.parametrize(
    "origin", [*WRONG_ORIGINS[:-1], "http://a,", ",http://a", "http://a http://b"]
)
def test_the_template_refuses_the_same_origins(origin: str) -> None:
    rule = template.load()["Parameters"]["AllowedOrigins"]["AllowedPattern"]
    assert not re.fullmatch(rule, origin)


def test_the_key_may_come_from_a_variable_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ORDERS_API_KEY", "of the variable")
    (tmp_path / "key").write_text("of the file\n")

    assert command_line.parse([]).api_key == "of the variable"
    assert command_line.parse(["--api-key", "given"]).api_key == "given"
    assert command_line.parse(["--api-key-file", str(tmp_path / "key")]).api_key == "of the file"


@pytest.mark.parametrize("content", [b"", b"\n", "\u00fc".encode(), b"\xff", b"two\nlines"])
def test_a_file_without_a_usable_key_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "key").write_bytes(content)

    for file in ("key", "none"):
        with pytest.raises(SystemExit):
            command_line.parse(["--api-key-file", str(tmp_path / file)])
    assert "argument --api-key-file: " in capsys.readouterr().err
