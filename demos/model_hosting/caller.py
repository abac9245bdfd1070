"""A caller of the API, who signs what is asked as AWS wants it signed."""

import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from sandbox.host.client import Sandbox


class Caller:
    """Asks for predictions by HTTP; ``url`` is the stack's output ``ApiUrl``."""

    def __init__(self, sandbox: Sandbox, url: str) -> None:
        self._server = urlsplit(sandbox.endpoint)
        asked, environment = urlsplit(url), sandbox.environment()
        # The emulator knows APIs by this name of theirs.
        self._host = f"{asked.netloc.partition('.')[0]}.execute-api.{self._server.hostname}"
        self._path = asked.path
        self._session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=environment["AWS_DEFAULT_REGION"],
        )

    def ask(self, rows: Sequence[Mapping[str, Any]], key: str) -> tuple[int, Mapping[str, Any]]:
        """Send rows under a key; gives the status and the answer."""
        body = json.dumps({"rows": rows, "key": key}).encode()
        request = AWSRequest("POST", f"http://{self._host}{self._path}", data=body)
        request.headers["Content-Type"] = "application/json"
        credentials = self._session.get_credentials()
        SigV4Auth(credentials, "execute-api", self._session.region_name).add_auth(request)
        connection = http.client.HTTPConnection(self._server.netloc, timeout=60)
        headers = {**dict(request.headers.items()), "Host": self._host}
        connection.request("POST", self._path, body=body, headers=headers)
        reply = connection.getresponse()
        answer = json.loads(reply.read())
        connection.close()
        return reply.status, answer
