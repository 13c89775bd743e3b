"""Deploy a tree to the running local system (local/deployments.py); print its version.

usage: python scripts/_deploy_local.py FOLDER [DATA]
"""

import json
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent


def main(folder: str, data: str = str(ROOT / ".local")) -> None:
    """Deploy the folder. Exits with one sentence when that fails."""
    try:
        stack = json.loads((Path(data) / "stack.json").read_text())
    except OSError:
        sys.exit(f"No system runs with its data in {data}.")
    request = Request(  # noqa: S310 - the address is the local system's own
        f"{stack['lambda_url']}/releases",
        data=json.dumps({"folder": str(Path(folder).resolve())}).encode(),
        headers={
            "x-api-key": stack["api_key"],
            "x-amz-security-token": stack["environment"]["AWS_SESSION_TOKEN"],
        },
    )
    try:
        with urlopen(request, timeout=300) as response:  # noqa: S310 - as above
            print(f"deployed as version {json.load(response)['version']}")
    except HTTPError as error:
        sys.exit(json.load(error)["message"])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: scripts/deploy_local FOLDER [DATA]")
    main(*sys.argv[1:])
