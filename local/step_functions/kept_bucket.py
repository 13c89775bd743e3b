"""Keeps the bucket's objects in a folder, because S3 loses none, and moto forgets all."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from moto.s3.models import s3_backends

from deployment.cloudformation import ACCOUNT, REGION
from local.aws_requests import AwsRequest
from local.aws_responses import perform
from local.step_functions.resources import BUCKET

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BACKUPS = "orders/"
"""What the keys of backups begin with; other objects are not kept."""


def restore(folder: Path) -> None:
    """Put the kept objects into the bucket, before moto serves."""
    folder.mkdir(exist_ok=True)
    bucket = s3_backends[ACCOUNT]["aws"]
    bucket.create_bucket(BUCKET, REGION)
    for file in folder.glob(f"{quote(BACKUPS, safe='')}*"):
        kept = bucket.put_object(BUCKET, unquote(file.name), file.read_bytes(), encryption="AES256")
        kept.set_metadata({"content-type": "application/json"})


class KeptBucket:
    """WSGI middleware: an object is put and deleted together with a file of the folder.

    The file's name is the object's key, percent-encoded.
    """

    def __init__(self, application: "WSGIApplication", folder: Path) -> None:
        self._application, self._folder = application, folder

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Perform the request; the file is changed before the caller has the response."""
        request = AwsRequest.read(environ)
        bucket, _, key = request.path.strip("/").partition("/")
        if request.target or bucket != BUCKET or not key.startswith(BACKUPS):
            return self._application(environ, start)
        response = perform(self._application, environ)
        if response.succeeded:
            self._keep(request, self._folder / quote(key, safe=""))
        return response.send(start)

    def _keep(self, request: AwsRequest, file: Path) -> None:
        if request.method == "PUT":
            draft = file.with_name(f"new-{file.name}")  # renamed when it is complete
            draft.write_bytes(request.body)
            draft.rename(file)
        elif request.method == "DELETE":
            file.unlink(missing_ok=True)
