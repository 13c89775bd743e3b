"""template.yaml beyond what sam and cfn-lint can see."""

import grimp
import pytest

from deployment import cloudformation
from tests.conftest import ROOT

RESOURCES = cloudformation.load((ROOT / "template.yaml").read_text())["Resources"]
HANDLERS = {
    name: resource["Properties"]["Handler"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Which of our modules imports which."""
    return grimp.build_graph("api_handlers", "tasks", "operations", "orders", cache_dir=None)


@pytest.mark.parametrize("function", HANDLERS)
def test_who_talks_to_the_database_and_nobody_else_may_read_its_password(
    imports: grimp.ImportGraph, function: str
) -> None:
    roles = RESOURCES["ReadDatabaseSecret"]["Properties"]["Roles"]
    module = HANDLERS[function].rpartition(".")[0]

    talks = imports.chain_exists(importer=module, imported="orders.database")

    assert ({"Ref": f"{function}Role"} in roles) == talks
