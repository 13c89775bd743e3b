import pytest

from local.iam import web_pages


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8080",
        "127.0.0.1:8080",
        "[::1]:8080",
        "host.docker.internal:9101",
        "order-backups.localhost:4566",
    ],
)
def test_a_program_on_this_machine_is_no_page(host: str) -> None:
    assert not web_pages.may_be_sender(host, None)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "localhost:8080.evil.example",
        "127.0.0.1.evil.example:8080",
        "evillocalhost",
        "localhost\n",
        "localhost:8080@evil.example",
    ],
)
def test_a_page_whose_host_name_leads_here_is_a_page(host: str) -> None:
    assert web_pages.may_be_sender(host, None)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:8080"])
def test_whoever_names_an_origin_is_a_page(origin: str) -> None:
    assert web_pages.may_be_sender("127.0.0.1:8080", origin)
