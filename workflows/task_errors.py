"""Every error that a lambda:invoke Task can end in, and how a forward state retries it.

ASL matches exact names and knows no subclasses: an error that no Retry names fails the order, and
one that it names in vain delays the refusal. So each error is in exactly one class. Sources, read
on 2026-11-24:

- Lambda.*: the errors of Invoke in botocore's model of Lambda, which
  tests/workflows/test_task_errors.py compares with this file, and those that any AWS API has
  (Lambda API Reference, "Common Errors"). Step Functions reports them as `Lambda.` and their name,
  and adds three of its own client and Lambda.Unknown (Step Functions Developer Guide, "Handle
  transient Lambda service exceptions").
- Runtime.*, Sandbox.*, Extension.*, Function.*: AWS's runtime interface emulator
  (fatalerror.go, customer_error.go) and its Python runtime (lambda_runtime_exception.py).
- States.*: Step Functions Developer Guide, "Handling errors in Step Functions workflows". Errors
  of fields and states that the checks refuse, such as HeartbeatSeconds or Map, are not listed.
- A permission that is missing may only not have spread yet, as IAM is eventually consistent (IAM
  User Guide, "Troubleshoot IAM"). Step Functions reports it as Lambda.AWSLambdaException too,
  whose other cause is a failure of Lambda ("Handle transient Lambda service exceptions"). KMS is
  another matter: mostly the role was deleted and created again, which only a new role mends (AWS
  Knowledge Center, "How do I troubleshoot HTTP 502 and HTTP 500 errors from Lambda?").
"""

from collections.abc import Mapping
from enum import Enum

from orders.errors import OrderError, Unavailable


class Retried(Enum):
    """How a forward state retries an error."""

    PATIENTLY = "for minutes: an outage, a limit or a new permission, which passes with time"
    SHORTLY = "a few times: the attempt was lost, and another one runs elsewhere"
    NEVER = "not at all: another attempt ends in the same error"


OF_AWS: Mapping[Retried, Mapping[str, str]] = {
    Retried.PATIENTLY: {
        "Lambda.AWSLambdaException": "Lambda failed, or the role may not invoke the function",
        "Lambda.AccessDeniedException": "the state machine's role may not invoke the function",
        "Lambda.ClientExecutionTimeoutException": "Lambda did not answer Step Functions in time",
        "Lambda.CodeArtifactUserDeletedException": "Lambda provisions the function's code anew",
        "Lambda.CodeArtifactUserPendingException": "Lambda still provisions the function's code",
        "Lambda.EC2AccessDeniedException": "the function's role may not use the VPC",
        "Lambda.EC2ThrottledException": "EC2 throttled Lambda, which set up the VPC connection",
        "Lambda.EC2UnexpectedException": "EC2 failed while Lambda set up the VPC connection",
        "Lambda.EFSIOException": "the file system failed",
        "Lambda.EFSMountConnectivityException": "the file system could not be reached",
        "Lambda.EFSMountTimeoutException": "the file system was not mounted in time",
        "Lambda.ENILimitReachedException": "the VPC has no network interface left",
        "Lambda.ENINotReadyException": "the function's network interface is not ready yet",
        "Lambda.InternalFailure": "Lambda failed",
        "Lambda.RequestTimeoutException": "the request did not reach Lambda in time",
        "Lambda.ResourceConflictException": "the function is being created or changed",
        "Lambda.ResourceNotReadyException": "the function was idle and lost its VPC connection",
        "Lambda.S3FilesMountConnectivityException": "the S3 file system could not be reached",
        "Lambda.S3FilesMountTimeoutException": "the S3 file system was not mounted in time",
        "Lambda.SdkClientException": "Step Functions could not reach Lambda",
        "Lambda.ServiceException": "Lambda failed",
        "Lambda.ServiceQuotaExceededException": "a quota of the account is used up",
        "Lambda.ServiceUnavailable": "Lambda is down",
        "Lambda.SnapStartNotReadyException": "the function's snapshot is not ready yet",
        "Lambda.SnapStartRegenerationFailureException": "Lambda makes the snapshot again later",
        "Lambda.SnapStartTimeoutException": "the snapshot was not restored in time",
        "Lambda.SubnetIPAddressLimitReachedException": "the subnet has no IP address left",
        "Lambda.ThrottlingException": "the API was called too often",
        "Lambda.TooManyRequestsException": "the function's concurrency is used up",
        "States.Permissions": "the state machine's role may not run the task",
    },
    Retried.SHORTLY: {
        "Extension.Crash": "an extension crashed",
        "Extension.ExitError": "an extension ended",
        "Extension.InitError": "an extension did not start",
        "Extension.LaunchError": "an extension could not be launched",
        "Function.Unknown": "the function failed without an error type",
        "Lambda.Unknown": "the function timed out or ran out of memory, without an error type",
        "Runtime.ExitError": "the function's process ended, perhaps for lack of memory",
        "Runtime.InitError": "the function's process did not start",
        "Runtime.InvokeTimeout": "the function timed out",
        "Runtime.LambdaRuntimeClientError": "the runtime lost its connection to Lambda",
        "Runtime.OutOfMemory": "the function ran out of memory",
        "Runtime.TruncatedResponse": "the function's result was cut off",
        "Runtime.Unavailable": "the function's process does not answer",
        "Runtime.Unknown": "the runtime failed without an error type",
        "Sandbox.Failure": "the function's sandbox failed",
        "Sandbox.Timedout": "the function timed out",
        "Sandbox.Timeout": "the function timed out",
        "Sandbox.TimeoutResponseTrailer": "the function timed out while it sent its result",
        "States.Timeout": "Lambda did not answer within the state's TimeoutSeconds",
    },
    Retried.NEVER: {
        "Function.ResponseSizeTooLarge": "the function's result is too large",
        "Lambda.CodeArtifactUserFailedException": "the function's code could not be provisioned",
        "Lambda.DurableExecutionAlreadyStartedException": "a durable execution has this name",
        "Lambda.EFSMountFailureException": "the file system may not be mounted",
        "Lambda.InvalidParameterValueException": "a parameter of Invoke is wrong",
        "Lambda.InvalidRequestContentException": "the payload is no JSON",
        "Lambda.InvalidRuntimeException": "Lambda does not support the runtime",
        "Lambda.InvalidSecurityGroupIDException": "the function's security group is unknown",
        "Lambda.InvalidSubnetIDException": "the function's subnet is unknown",
        "Lambda.InvalidZipFileException": "the function's package cannot be unpacked",
        "Lambda.KMSAccessDeniedException": "the function's role may not use its KMS key",
        "Lambda.KMSDisabledException": "the function's KMS key is disabled",
        "Lambda.KMSInvalidStateException": "the function's KMS key cannot decrypt",
        "Lambda.KMSNotFoundException": "the function's KMS key is unknown",
        "Lambda.ModeNotSupportedException": "the function cannot be invoked and waited for",
        "Lambda.NoPublishedVersionException": "the function has no published version",
        "Lambda.RecursiveInvocationException": "Lambda stopped the function as a loop",
        "Lambda.RequestTooLargeException": "the payload is too large",
        "Lambda.ResourceNotFoundException": "the function or its version does not exist",
        "Lambda.RuntimeAliasDeletedException": "Lambda has removed the runtime",
        "Lambda.RuntimeVersionDeletedException": "Lambda has removed the version of the runtime",
        "Lambda.S3FilesMountFailureException": "the S3 file system may not be mounted",
        "Lambda.SerializationException": "the payload cannot be read",
        "Lambda.SerializedRequestEntityTooLargeException": "the payload is too large",
        "Lambda.SnapStartException": "the function's code failed after its snapshot was restored",
        "Lambda.UnsupportedMediaTypeException": "the payload is no JSON",
        "Runtime.AfterRestoreError": "a hook failed as the snapshot was restored",
        "Runtime.BeforeSnapshotError": "a hook failed before the snapshot",
        "Runtime.BuiltInModuleConflict": "the handler's module has the name of a built-in one",
        "Runtime.ErrorResponseInProgress": "the runtime reported an error twice",
        "Runtime.HandlerNotFound": "the handler's module lacks the handler",
        "Runtime.ImportModuleError": "the handler's module cannot be imported",
        "Runtime.InvalidEntrypoint": "the image's entry point cannot be run",
        "Runtime.InvalidInvokeId": "the runtime answered another invocation",
        "Runtime.InvalidResponseModeHeader": "the runtime answered in an unknown mode",
        "Runtime.InvalidTaskConfig": "the image's configuration is wrong",
        "Runtime.InvalidWorkingDir": "the image's working directory does not exist",
        "Runtime.InvokeResponseInProgress": "the runtime answered twice",
        "Runtime.InvokeResponseWasSent": "the runtime answered twice",
        "Runtime.LambdaContextUnmarshalError": "the caller's client context is no JSON",
        "Runtime.MalformedHandlerName": "the handler's name is not `module.function`",
        "Runtime.MarshalError": "the function's result cannot be written as JSON",
        "Runtime.TooManyIdleRuntimes": "the runtime asked for too many invocations",
        "Runtime.UnmarshalError": "the payload cannot be read as JSON",
        "Runtime.UserCodeSyntaxError": "the handler's module is no Python",
        "States.DataLimitExceeded": "the payload is over 256 KiB; States.ALL does not catch it",
        "States.IntrinsicFailure": "an intrinsic function of the definition failed",
        "States.ParameterPathFailure": "a path in Parameters leads nowhere",
        "States.ResultPathMatchFailure": "the result cannot be put where ResultPath says",
    },
}
"""What each error of AWS means, by how it is retried."""

WILDCARDS = {"States.ALL", "States.TaskFailed"}
"""Names in Retry and Catch that stand for many errors, refusals among them."""
UNSEEN = "States.Runtime"
"""Ends the execution whatever Retry and Catch say, so to name it there has no effect."""


def retried(how: Retried) -> list[str]:
    """The names of the errors that are retried so: ours first, then those of AWS."""
    return [*_ours(how), *OF_AWS[how]]


def _ours(how: Retried) -> list[str]:
    outages = set(leaf_names(Unavailable))
    if how is Retried.NEVER:
        return sorted({*leaf_names(OrderError)} - outages)
    return sorted(outages) if how is Retried.PATIENTLY else []


def leaf_names(error: type[Exception]) -> list[str]:
    """The names of the class's leaf subclasses, or its own name when it has no subclasses."""
    children = error.__subclasses__()
    return [n for child in children for n in leaf_names(child)] if children else [error.__name__]
