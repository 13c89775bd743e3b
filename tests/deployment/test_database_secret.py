"""Who may read the database's password: more than sam and cfn-lint can check."""

import grimp
import pytest

from deployment import cloudformation
from deployment.template import TEMPLATE, read

FUNCTIONS = read().functions
RESOURCES = cloudformation.load(TEMPLATE.read_text("utf-8"))["Resources"]


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Which of our modules imports which."""
    return grimp.build_graph("api_handlers", "tasks", "operations", "orders", cache_dir=None)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_functions_that_use_the_database_may_read_its_password(
    imports: grimp.ImportGraph, name: str
) -> None:
    roles = RESOURCES["ReadDatabaseSecret"]["Properties"]["Roles"]
    module = FUNCTIONS[name].handler.rpartition(".")[0]

    uses_database = imports.chain_exists(importer=module, imported="orders.database")

    assert ({"Ref": f"{name}Role"} in roles) == uses_database
