"""The functions' package, as it is uploaded to Lambda."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

NAME_THE_TRUSTED = """
import sys
sys.path.insert(0, "build/lambda")
from orders import tls
print(tls.__file__, tls.context(None).get_ca_certs())
"""


@pytest.mark.whole
def test_the_package_has_the_certificates_of_rds() -> None:
    subprocess.run(["scripts/build"], cwd=ROOT, check=True, timeout=300)

    command = [sys.executable, "-I", "-B", "-c", NAME_THE_TRUSTED]
    printed = subprocess.check_output(command, cwd=ROOT, text=True)

    assert printed.startswith(f"{ROOT}/build/lambda/orders/tls.py")
    assert "Amazon RDS eu-central-1 Root CA RSA2048 G1" in printed
