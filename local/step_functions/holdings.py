"""Whether the bucket and the state machine exist."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from local.processes import daemon_thread


class Holdings:
    """Looks at S3 and Step Functions, as these settings name them, with clients that are kept."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings
        self._clients: dict[str, Any] = {}

    async def has_bucket(self) -> bool:
        """Whether S3 has the bucket. Raises boto3's errors when S3 does not answer."""
        return await daemon_thread.call(self._has_bucket)

    async def has_state_machine(self) -> bool:
        """Whether Step Functions has the machine. Raises boto3's errors when it does not answer."""
        return await daemon_thread.call(self._has_state_machine)

    def _has_bucket(self) -> bool:
        s3 = self._client("s3", "AWS_ENDPOINT_URL_S3")
        head = partial(s3.head_bucket, Bucket=self._settings["S3_BUCKET"])
        return _exists(head, "404")

    def _has_state_machine(self) -> bool:
        engine = self._client("stepfunctions", "AWS_ENDPOINT_URL_SFN")
        arn = self._settings["STATE_MACHINE_ARN"]
        return _exists(
            partial(engine.describe_state_machine, stateMachineArn=arn), "StateMachineDoesNotExist"
        )

    def _client(self, service: str, url: str) -> Any:  # noqa: ANN401  # boto3 makes its classes at run time
        if service not in self._clients:
            self._clients[service] = _new_client(service, url, self._settings)
        return self._clients[service]


def _exists(describe: Callable[[], object], missing: str) -> bool:
    """Whether the call succeeds; False when it fails with this error code."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  # as in resources.py

    try:
        describe()
    except ClientError as error:
        if error.response["Error"]["Code"] != missing:
            raise
        return False
    return True


def _new_client(service: str, url: str, settings: Mapping[str, str]) -> Any:  # noqa: ANN401
    import boto3  # noqa: PLC0415  # as in resources.py
    from botocore.config import Config  # noqa: PLC0415

    return boto3.client(
        service,
        endpoint_url=settings[url],
        region_name=settings["AWS_REGION"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=settings.get("AWS_SESSION_TOKEN"),
        config=Config(retries={"total_max_attempts": 1}),
    )
