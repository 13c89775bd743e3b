"""The curl commands of the README work as they are."""

import json
import re
import subprocess
from pathlib import Path

from tests.running.shop import Shop
from tests.running.stacks import ROOT

BLOCKS = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def test_the_curl_lines_work(shop: Shop, tmp_path: Path) -> None:
    blocks = [block for block in BLOCKS if "curl" in block]
    there = f"API={shop.description['api_url']}\nKEY={shop.description['api_key']}\n"
    script = there + "\necho\n".join(blocks)

    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    created, status, order, listed, updated, deleted = map(
        json.loads, filter(None, ended.stdout.splitlines())
    )
    assert created["message"] == "Order created successfully"
    assert status["input_identifier"] == created["order_id"]
    assert order["total_amount"] == 2029.97
    assert listed["pagination"]["page"] == 1
    assert updated["status"] == "shipped"
    assert deleted["message"] == "Order deleted successfully"


def test_its_settings_are_those_of_a_fresh_start() -> None:
    assert "API=http://127.0.0.1:8080\nKEY=local-dev-key\n" in BLOCKS
