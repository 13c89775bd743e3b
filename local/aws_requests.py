"""Which AWS operation a request asks for, and how its service words errors."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

S3_OBJECTS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}


@dataclass(frozen=True)
class AwsRequest:
    """A request with its whole body. `target` is X-Amz-Target, a header that S3 does not use.

    `access_key` is the id of the caller's access key, empty for a request without a signature.
    """

    target: str
    method: str
    path: str
    query: str
    body: bytes
    access_key: str

    @classmethod
    def read(cls, environ: "WSGIEnvironment") -> "AwsRequest":
        """Read the request, in such a way that its body can be read again."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        return cls(
            target=environ.get("HTTP_X_AMZ_TARGET", ""),
            method=environ["REQUEST_METHOD"],
            path=unquote(environ["PATH_INFO"]),
            query=environ.get("QUERY_STRING", ""),
            body=body,
            access_key=access_key(environ.get("HTTP_AUTHORIZATION", "")),
        )

    @property
    def operation(self) -> str:
        """AWS's name of the operation; empty for operations that the functions never use."""
        if self.target:
            return self.target.rpartition(".")[2]
        key = self.path.strip("/").partition("/")[2]
        if key:
            return S3_OBJECTS.get(self.method, "")
        listing = self.method == "GET" and "list-type" in parse_qs(self.query)
        return "ListObjectsV2" if listing else ""

    def error(self, code: str | None, message: str) -> tuple[str, bytes]:
        """The media type and the body of an error response, in the service's format."""
        if self.target:
            document = {"__type": code or "InternalServerException", "message": message}
            return "application/x-amz-json-1.0", json.dumps(document).encode()
        text = f"<Code>{escape(code or 'InternalError')}</Code><Message>{escape(message)}</Message>"
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{text}</Error>'
        return "application/xml", b"" if self.method == "HEAD" else body.encode()


def access_key(authorization: str) -> str:
    """The access key id of a request, from its Authorization header; empty without a signature.

    The header of Signature Version 4 has it in `Credential=ID/date/region/service/aws4_request`.
    """
    return authorization.partition("Credential=")[2].partition("/")[0]
