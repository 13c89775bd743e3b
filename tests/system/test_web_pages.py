"""A page of another origin, in a real browser, tries every port of a running stack.

It needs Chromium (Debian: `apt install chromium`). Without it the tests are skipped, and with
--all they fail.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.running.builders import a_line
from tests.running.shop import Shop

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), "")
SECONDS = 60
PAGE = """<!doctype html><pre id="result"></pre><script>
const attacks = ATTACKS;
async function attempt([url, options]) {
  try {
    const answer = await fetch(url, options);
    return `${answer.type} ${answer.status} ${await answer.text()}`;
  } catch (error) {
    return "refused";
  }
}
Promise.all(attacks.map(attempt)).then((results) => {
  document.getElementById("result").textContent = "DONE" + JSON.stringify(results);
});
</script>"""
FORBIDDEN = 'cors 403 {"message": "'
REBOUND = "rebound.example"
"""A host name that the browser finds at 127.0.0.1, as if an attacker's DNS server said so."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are not logged."""


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> str:
    if not BROWSER and not request.config.getoption("--all"):
        pytest.skip("no Chromium is installed")
    assert BROWSER, "no Chromium is installed"
    return BROWSER


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web site of another origin, whose page is in the test's folder."""
    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def attacked(browser: str, site: str, folder: Path, attacks: list[tuple[str, Any]]) -> list[str]:
    """What the page at the site gets for each fetch()."""
    own: tuple[str, Any] = (f"{site}/index.html", {})
    (folder / "index.html").write_text(PAGE.replace("ATTACKS", json.dumps([*attacks, own])))
    command = (
        *(browser, "--headless", "--no-sandbox", "--disable-gpu"),
        "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}",
        f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
        f"--timeout={SECONDS * 1000}",
        "--virtual-time-budget=20000",
        "--dump-dom",
        f"{site}/index.html",
    )
    shown = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=SECONDS * 2
    )
    found = re.search(r"DONE(\[.*?\])</pre>", shown.stdout, re.DOTALL)
    assert found, shown.stdout + shown.stderr[-2000:]
    results: list[str] = json.loads(unescape(found[1]))
    assert results[-1].startswith("basic 200"), "the page can read what is its own"
    return results[:-1]


def bodies(headers: dict[str, str]) -> list[dict[str, Any]]:
    """The options of fetch(): all that a page may send without asking, and what it must ask for."""
    simple: list[dict[str, Any]] = [
        {"mode": "no-cors"},
        {"mode": "no-cors", "method": "POST", "body": "[]"},
        {"mode": "no-cors", "method": "POST", "body": "Action=ListUsers&Version=2010-05-08",
         "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"mode": "cors"},
        {"mode": "cors", "method": "POST", "body": "[]", "headers": {"content-type": "text/plain"}},
    ]  # fmt: skip
    asking: list[dict[str, Any]] = [
        {"mode": "cors", "method": method, "body": "[]", "headers": headers}
        for method in ("PUT", "POST", "DELETE")
    ]
    return simple + asking


def test_a_page_of_another_origin_does_and_reads_nothing(
    shop: Shop, browser: str, site: str, tmp_path: Path
) -> None:
    order_id = shop.processed(a_line(shop.product()))
    key = {"x-api-key": shop.description["api_key"], "content-type": "application/json"}
    urls = [
        f"{shop.description['api_url']}/orders",
        f"{shop.description['api_url']}/orders/{order_id}",
        f"{shop.description['lambda_url']}/faults/CalculatePriceFunction",
        f"{shop.description['lambda_url']}/2015-03-31/functions/ReconcileFunction/invocations",
        f"{shop.description['aws_url']}/order-backups?list-type=2",
        f"{shop.description['aws_url']}/moto-api/reset",
        f"{shop.description['aws_url']}/faults/kill",
    ]
    attacks = [(url, options) for url in urls for options in bodies(key)]
    before = shop.rows("SELECT count(*) AS orders FROM accepted_orders")

    results = attacked(browser, site, tmp_path, attacks)

    assert len(results) == len(attacks)
    read = [each for each in zip(attacks, results, strict=True) if not _nothing(each[1])]
    assert read == []
    assert shop.rows("SELECT count(*) AS orders FROM accepted_orders") == before
    assert shop.order_row(order_id) is not None, "no DELETE came through"
    assert len(shop.backups(order_id)) == 1, "no reset came through"


def _nothing(result: str) -> bool:
    """Whether a page saw no more than that something listens there.

    This API lets pages of other origins in, and so this page, too, may read that it got a 403.
    """
    return result == "refused" or result.strip() == "opaque 0" or result.startswith(FORBIDDEN)


def test_a_page_whose_host_name_leads_here_does_and_reads_nothing(
    shop: Shop, browser: str, site: str, tmp_path: Path
) -> None:
    """The page and the API have the same host name; for the port, it asks as another origin."""
    order_id = shop.processed(a_line(shop.product()))
    key = {"x-api-key": shop.description["api_key"]}
    addresses = [shop.description[name] for name in ("api_url", "lambda_url", "aws_url")]
    rebound = [address.replace("127.0.0.1", REBOUND) for address in addresses]
    paths = ("/orders", f"/orders/{order_id}", "/faults", "/order-backups?list-type=2")
    urls = [url + path for url in rebound for path in paths]
    attacks = [(url, options) for url in urls for options in bodies(key)]

    results = attacked(browser, site.replace("127.0.0.1", REBOUND), tmp_path, attacks)

    assert [each for each in results if not _nothing(each)] == []
    assert shop.order_row(order_id) is not None
    for url in rebound:  # a page that was served from that very port is of the same origin
        name = url.removeprefix("http://")
        answer = shop.api.get("/orders", headers={"host": name})
        assert answer.status_code == 421
