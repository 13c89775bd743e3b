from deployment import template
from deployment.template import Function
from local.environment import settings, template_values, with_lambda_variables
from tests.local.small_stack import ROOT

DATABASE = {"DB_HOST": str(ROOT)}
LOGIN = {"DB_USER": "me", "DB_PASSWORD": "s3cret"}


def test_a_function_gets_the_variables_that_lambda_sets() -> None:
    own = Function("Act", "arn", "a.handler", 10, 512, {"OWN": "1"})
    variables = {"AWS_REGION": "us-east-1", "DB_HOST": "not the template's"}
    environment = with_lambda_variables(own, variables).environment
    assert environment["OWN"] == "1"
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "Act"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert environment["_HANDLER"] == "a.handler"
    assert environment["TZ"] == ":UTC"
    assert "DB_HOST" not in environment


def test_another_engine_is_for_step_functions_alone() -> None:
    variables = settings(DATABASE, LOGIN, "http://moto", "http://engine", "token")
    assert variables["AWS_ENDPOINT_URL_SFN"] == "http://engine"
    assert variables["AWS_ENDPOINT_URL_S3"] == "http://moto"
    assert (
        settings(DATABASE, LOGIN, "http://moto", None, "token")["AWS_ENDPOINT_URL_SFN"]
        == "http://moto"
    )


def test_the_template_leads_its_functions_to_the_local_services() -> None:
    values = template_values(settings(DATABASE, LOGIN, "http://moto", None, "token"))
    functions = template.read(ROOT / "template.yaml", values).functions
    for function in functions.values():
        assert function.environment.get("DB_HOST", str(ROOT)) == str(ROOT)
        assert function.environment["S3_BUCKET"] == "order-backups"
