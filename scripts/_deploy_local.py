"""Deploy a tree to the running local system, and print its version."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from scripts._running_system import DATA, NotRunning, described


def main() -> None:
    """Deploy the folder. Exits with one sentence when that fails."""
    parser = argparse.ArgumentParser(
        prog="scripts/deploy_local", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("folder", type=Path, help="the tree")
    parser.add_argument(
        "--data", type=Path, default=DATA, metavar="DIR", help="the system's data (.local)"
    )
    arguments = parser.parse_args()
    try:
        version = deploy(arguments.folder.resolve(), described(arguments.data))
    except NotRunning as error:
        sys.exit(str(error))
    except HTTPError as error:
        sys.exit(json.load(error)["message"])
    except URLError as error:
        sys.exit(f"The system of {arguments.data} does not answer: {error.reason}")
    print(f"deployed as version {version}")


def deploy(folder: Path, system: dict[str, Any]) -> int:
    """Let the system deploy the folder (local/deployments.py); returns the version."""
    request = Request(  # noqa: S310 - the address is the local system's own
        f"{system['lambda_url']}/releases",
        data=json.dumps({"folder": str(folder)}).encode(),
        headers={
            "x-api-key": system["api_key"],
            "x-amz-security-token": system["environment"]["AWS_SESSION_TOKEN"],
        },
    )
    with urlopen(request, timeout=300) as response:  # noqa: S310 - as above
        return int(json.load(response)["version"])


if __name__ == "__main__":
    main()
