"""The process that is a container: a model and its handlers behind /ping and /invocations."""

import json
import os
import socket
import sys
import threading
import traceback
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# It is run by its path: of the sandbox it can import nothing. The image that it stands for starts
# multi-model-server, whose workers hand each request to the `Transformer` of AWS's inference
# toolkit. This is that transformer, unmodified, behind an HTTP server of the standard library, with
# one worker.

# https://github.com/awslabs/multi-model-server/blob/master/docs/configuration.md
_DEFAULT_TYPE = "application/json"
_IMAGES_OWN = Path(__file__).parent / "xgboost_image"


class Context:
    """What multi-model-server tells handlers of a request, and hears of the answer.

    There is one for all requests of a worker, as there: the toolkit keeps the first it is given.
    """

    def __init__(self, model_dir: str) -> None:
        self.system_properties = {"model_dir": model_dir}
        self.request_processor = [self]
        self.begin({})

    def begin(self, headers: dict[str, str]) -> None:
        """Be about another request."""
        self._headers = headers
        self.status, self.phrase, self.content_type = 200, "", _DEFAULT_TYPE

    def get_request_properties(self) -> dict[str, str]:
        """Tell the headers of the request."""
        return self._headers

    def get_request_header(self, _number: int, name: str) -> str | None:
        """Tell one header of the request."""
        return next((v for k, v in self._headers.items() if k.lower() == name.lower()), None)

    def set_response_status(self, code: int = 200, phrase: str = "", idx: int = 0) -> None:
        """Answer with another status than 200."""
        self.status, self.phrase = int(code), phrase

    def set_response_content_type(self, _number: int, value: str) -> None:
        """Name the type of the answer."""
        self.content_type = value


class Worker:
    """The one worker: it loads the model, and answers one request after the other."""

    def __init__(self, model_dir: str, most_bytes: int) -> None:
        from sagemaker_inference.transformer import Transformer

        self.most_bytes = most_bytes
        self._model_dir, self._context = model_dir, Context(model_dir)
        self._transformer: Any = Transformer()
        self._turn = threading.Lock()

    def load(self) -> None:
        """Load the model, as the handlers do.

        One that cannot be loaded is tried again at each request, which is answered by a 500:
        multi-model-server does so too, and its /ping is 200 all the same.
        """
        try:
            self._transformer.validate_and_initialize(self._model_dir, self._context)
        except Exception:
            traceback.print_exc()

    def answer(self, body: bytes, headers: Message) -> tuple[int, str, str, bytes]:
        """Answer a request by the handlers: status, phrase, content type and body."""
        with self._turn:
            context = self._context
            context.begin(dict(headers.items()))
            (found,) = self._transformer.transform([{"body": body}], context)
            told = context.status, context.phrase, context.content_type
        if isinstance(found, bytes | bytearray):
            return *told, bytes(found)
        return *told, (found if isinstance(found, str) else json.dumps(found)).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet
    server: "_Server"

    def do_GET(self) -> None:
        """Tell whether the model is loaded, and what a batch may ask."""
        worker = self.server.worker
        if self.path == "/ping":
            self._reply(200, b'{"status": "Healthy"}')
        elif self.path == "/execution-parameters":
            told = {
                "MaxConcurrentTransforms": 1,
                "BatchStrategy": "MULTI_RECORD",
                "MaxPayloadInMB": worker.most_bytes // 1024**2,
            }
            self._reply(200, json.dumps(told).encode())
        else:
            self._reply(404, b'{"code": 404, "type": "ResourceNotFoundException"}')

    def do_POST(self) -> None:
        """Answer an invocation."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        worker = self.server.worker
        if self.path != "/invocations":
            self._reply(404, b'{"code": 404, "type": "ResourceNotFoundException"}')
        elif len(body) > worker.most_bytes:
            said = f"Request entity is larger than {worker.most_bytes} bytes"
            told = {"code": 413, "type": "RequestEntityTooLargeException", "message": said}
            self._reply(413, json.dumps(told).encode())
        else:
            status, phrase, kind, answer = worker.answer(body, self.headers)
            self._reply(status, answer, kind, phrase)

    def log_message(self, format: str, *arguments: object) -> None:
        """Write no line for each request."""

    def _reply(
        self, status: int, body: bytes, content_type: str = _DEFAULT_TYPE, phrase: str = ""
    ) -> None:
        self.send_response(status, phrase or None)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, worker: Worker, listening: socket.socket) -> None:
        super().__init__(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.worker, self.socket = worker, listening


def main() -> None:
    """Serve what the first line of the input orders, until the input ends."""
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.path[:0] = [order["code_dir"] or str(_IMAGES_OWN)]
    os.chdir(order["model_dir"])
    listening = socket.socket(fileno=order["socket"])
    worker = Worker(order["model_dir"], order["most_bytes"])
    worker.load()
    print("Model server started.", flush=True)
    _Server(worker, listening).serve_forever()


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
