"""Inside the worker process: imports the handler, or reports why it cannot, as Lambda does."""

import importlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from local.lambda_functions.lambda_context import LambdaContext

ROOT = Path(__file__).resolve().parents[2]
Handler: TypeAlias = Callable[[Any, LambdaContext], Any]


class HandlerMissing(Exception):
    """The module has no such handler."""


def import_from(folder: Path) -> None:
    """Import a release's modules from its own folder, and none from the folder of this code.

    The forkserver has imported no module of a handler (forkserver_preload.py).
    """
    if folder != ROOT:
        others = [entry for entry in sys.path if Path(entry).resolve() != ROOT]
        sys.path[:] = [str(folder), *others]


def load(path: str) -> Handler:
    """The handler that the template names, as `package.module.function`."""
    module_name, name = path.rsplit(".", 1)
    module = importlib.import_module(module_name.replace("/", "."))
    if not hasattr(module, name):
        message = f"Handler '{name}' missing on module '{module_name}'"
        raise HandlerMissing(message)
    handler: Handler = getattr(module, name)
    return handler


def import_error(path: str, error: Exception) -> dict[str, Any]:
    """The error document for a handler that could not be imported, in Lambda's words."""
    module = path.rsplit(".", 1)[0]
    known = {
        HandlerMissing: ("Runtime.HandlerNotFound", str(error)),
        SyntaxError: ("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}"),
        ImportError: ("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}"),
    }
    for kind, (name, message) in known.items():
        if isinstance(error, kind):
            return {"errorType": name, "errorMessage": message, "stackTrace": []}
    return error_document(error)


def error_document(error: BaseException, request_id: str = "") -> dict[str, Any]:
    """The error document for an exception that the module or the handler raised."""
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_tb(error.__traceback__)[1:],
    }
