"""Lets the code of the functions and commands run in this process, against a chosen deployment."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest

from orders import backups, credentials, database, step_functions
from orders.settings import allowed_origins, database_settings, settings

_CLIENTS = (
    step_functions._states,  # noqa: SLF001
    step_functions._reader,  # noqa: SLF001
    backups._s3,  # noqa: SLF001
    credentials._secrets_manager,  # noqa: SLF001
)


@contextmanager
def deployed(environment: dict[str, str]) -> Iterator[None]:
    """Set these variables; settings, clients and the warm connection are made anew from them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        _forget()
        yield
        _forget()


def _forget() -> None:
    boto3.setup_default_session()  # which keeps the credentials of the first client
    database._forget()  # noqa: SLF001
    boto3.setup_default_session()  # which keeps the credentials of the first client
    for each in (settings, database_settings, allowed_origins, *_CLIENTS):
        each.cache_clear()
