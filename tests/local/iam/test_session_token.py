import pytest

from local.iam import session_token


def test_each_run_has_another_token() -> None:
    assert session_token.new() != session_token.new()


@pytest.mark.parametrize("sent", ["", "tok", "token ", "TOKEN", "tökén"])
def test_only_the_token_itself_matches(sent: str) -> None:
    assert session_token.matches("token", "token")
    assert not session_token.matches(sent, "token")
