"""moto's process starts without importing EC2, and still has what its engine needs."""

import subprocess
import sys

CODE = """
import sys
import local.step_functions.moto_server
from moto.batch.utils import JobStatus

print("moto.ec2" in sys.modules, JobStatus.__module__)
"""


def test_the_server_is_imported_without_ec2() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", CODE], check=True, capture_output=True, text=True
    ).stdout
    assert printed == "False moto.batch.utils\n"
