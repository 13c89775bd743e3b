"""A proxy that lets Step Functions Local 1.4.0 (2019) run the state machine.

`python -m tests.running.old_engine PORT URL` serves on 127.0.0.1:PORT and passes requests on to
the engine at URL. It takes out of definitions what that version cannot parse.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.running.builders import Document

HEADERS = ("content-type", "x-amz-target", "authorization")


def parseable(definition: Document) -> Document:
    """The definition without the four fields that 1.4.0 rejects.

    Back-offs that had a longest delay do not grow. A Fail state has a constant error and cause.
    """
    return definition | {"States": {name: _state(s) for name, s in definition["States"].items()}}


def _state(state: Document) -> Document:
    kept = {name: value for name, value in state.items() if name not in ("ErrorPath", "CausePath")}
    if kept != state:
        kept |= {"Error": "Failed", "Cause": "This engine has no ErrorPath and CausePath."}
    if "Retry" in kept:
        kept["Retry"] = [_retrier(retrier) for retrier in kept["Retry"]]
    return kept


def _retrier(retrier: Document) -> Document:
    new = ("MaxDelaySeconds", "JitterStrategy")
    kept = {name: value for name, value in retrier.items() if name not in new}
    return kept | ({"BackoffRate": 1.0} if "MaxDelaySeconds" in retrier else {})


class Proxy(BaseHTTPRequestHandler):
    """Passes one request on."""

    protocol_version = "HTTP/1.1"
    engine: httpx.Client

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if "definition" in body:
            body["definition"] = json.dumps(parseable(json.loads(body["definition"])))
        headers = {name: self.headers[name] for name in HEADERS if name in self.headers}
        answer = self.engine.post("/", content=json.dumps(body), headers=headers)
        self.send_response(answer.status_code)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None:
        """Requests are not logged."""


if __name__ == "__main__":
    Proxy.engine = httpx.Client(base_url=sys.argv[2], timeout=30)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Proxy).serve_forever()
