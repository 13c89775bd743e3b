"""The libraries that the forkserver imports once, before any worker is forked from it.

The functions' own modules are not among them: each worker imports its handler with its function's
environment, so that an error of the import is reported as Lambda reports it.
"""

# ruff: noqa: F401  # imported for the workers
import aiosql
import aws_lambda_powertools
import boto3
import pg8000.dbapi
import simplejson
import tenacity
from pydantic import BaseModel, Field, TypeAdapter

import local.lambda_functions.execution_environment
