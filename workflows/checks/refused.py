"""Why the types of states and the fields of ASL that asl.py does not model are refused."""

TYPES = {
    "Choice": "it compares fields without their types, so let a task decide, and raise a refusal",
    "Map": "let one task handle all items, in one transaction",
    "Parallel": "let one state follow the other, so that it is known what FailOrder must undo",
    "Pass": "it can replace the order, so let a task do it",
    "Succeed": "give the last Task End",
    "Wait": "raise an Unavailable error in a task, and its Retry waits",
}
_CONTRACT = "let the task's own input and output models say what it takes and returns"
FIELDS = {
    "Arguments": "the checks understand JSONPath only, so use Parameters",
    "Assign": "a variable would pass the order's documents by, so add a field to a document",
    "ClientContext": "tasks do not read it, so remove it",
    "Credentials": "tasks run under the state machine's own role, so remove it",
    "HeartbeatSeconds": "functions send no heartbeats, so remove it",
    "HeartbeatSecondsPath": "functions send no heartbeats, so remove it",
    "InputPath": _CONTRACT,
    "InvocationType": "the state waits for its function's result, so remove it",
    "LogType": "logs are in CloudWatch, so remove it",
    "Output": "the checks understand JSONPath only, so use OutputPath",
    "Payload": "a constant is no order, so use Payload.$",
    "Qualifier": "the substitution names the function's version, so remove it",
    "QueryLanguage": "the checks understand JSONPath only, so remove it",
    "ResultPath": _CONTRACT,
    "ResultSelector": _CONTRACT,
    "TimeoutSecondsPath": "a timeout from the payload has no worst case, so use TimeoutSeconds",
    "Version": "ASL has one version, so remove it",
}
"""Fields of ASL's states and of lambda:invoke."""


def why_resource(resource: str) -> str:
    """Why this Resource is not lambda:invoke, which is what tasks use."""
    if resource.startswith("arn:aws:states:::lambda:invoke."):
        return "no task answers a callback, and the state would wait for one"
    if resource.startswith("arn:aws:states:::"):
        return "only a task declares its input, output and errors, so call the service from one"
    return "with a function's own ARN the Lambda.* error names are lost"
