"""What is printed when the stack is ready: addresses, and commands to try."""

import shlex
from collections.abc import Mapping

from local.postgres import binaries, logins
from local.stack import Stack

ORDER = (
    '{"customer_id": "CUST001", "items": [{"product_id": "PROD001", "quantity": 2}, '
    '{"product_id": "PROD002", "quantity": 1}]}'
)


def start_message(stack: Stack) -> str:
    """The message. Its commands can be pasted into a shell."""
    url, key, settings = stack.api_url, stack.options.api_key, stack.settings
    header = f"-H {shlex.quote(f'x-api-key: {key}')}"
    return f"""
  API             {url}
  API key         {key}
  Step Functions  {settings["AWS_ENDPOINT_URL_SFN"]}
  S3              {settings["AWS_ENDPOINT_URL_S3"]}  bucket {settings["S3_BUCKET"]}
  Lambda          {stack.lambda_url}  {len(stack.template.functions)} functions
  PostgreSQL      {_psql(settings)}
  Logs            {stack.folder.logs}
{_opened(stack)}
Try it, in another terminal:

  CREATED=$(curl -s -X POST {url}/orders {header} -H 'content-type: application/json' \\
    -d '{ORDER}')
  echo "$CREATED"
  ORDER=$(echo "$CREATED" | grep -oE '[0-9a-f-]{{36}}' | head -n 1)
  curl -sw '\\n' {header} {url}/orders/$ORDER
  curl -sw '\\n' {header} {url}/status/$ORDER

Ctrl-C stops everything."""


def _opened(stack: Stack) -> str:
    """One line if another engine may invoke functions, as it cannot send the run's token."""
    if not stack.options.step_functions:
        return ""
    return (
        "\nFor the other engine, any program on this machine may invoke the functions of the state "
        "machine.\n"
    )


def _psql(settings: Mapping[str, str]) -> str:
    """The command for psql, which reads the password from a file that only its owner can read."""
    program, host, passwords = (
        shlex.quote(each)
        for each in (f"{binaries.FOLDER}/psql", settings["DB_HOST"], settings["PGPASSFILE"])
    )
    login = f"-h {host} -p 5432 -U {logins.OWNER} {logins.DATABASE}"
    return f"PGPASSFILE={passwords} {program} {login}"
