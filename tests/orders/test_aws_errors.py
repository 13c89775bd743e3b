"""AWS's errors as OrderErrors."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from orders.aws_errors import aws_errors_as
from orders.errors import BackupUnavailable, ExecutionNotFound, NotPermitted, OrderError


def error_of(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:aws:iam::1:role/R"}}, "PutObject")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
def test_a_refusal_names_the_operation_and_the_way_to_the_missing_permission(code: str) -> None:
    with pytest.raises(NotPermitted) as refusal, aws_errors_as(BackupUnavailable):
        raise error_of(code)

    assert str(refusal.value) == (
        "AWS did not permit PutObject: the role of this function in template.yaml lacks a "
        "permission, which scripts/render names"
    )


def test_a_wrong_set_up_is_a_500_that_asks_nobody_to_try_again() -> None:
    assert NotPermitted.http_status == 500
    assert NotPermitted.http_headers == {}


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (error_of("InvalidArn"), ExecutionNotFound),
        (error_of("SlowDown"), BackupUnavailable),
        (ReadTimeoutError(endpoint_url="http://s3"), BackupUnavailable),
    ],
)
def test_another_error_is_its_own_or_an_outage(error: Exception, becomes: type[OrderError]) -> None:
    with (
        pytest.raises(becomes),
        aws_errors_as(BackupUnavailable, {"InvalidArn": ExecutionNotFound}),
    ):
        raise error
