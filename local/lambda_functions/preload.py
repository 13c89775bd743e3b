"""What every worker needs, imported once, before the workers are forked.

Only libraries: the functions' own modules are imported in each worker, under
that function's environment, so that an import error is answered as on Lambda.
"""

# ruff: noqa: F401  # imported for the forks
import aiosql
import aws_lambda_powertools
import boto3
import pg8000.dbapi
import simplejson
import tenacity
from pydantic import BaseModel, Field, TypeAdapter

import local.lambda_functions.execution_environment
