"""Objects in one bucket, read and written whole. Whoever makes a Storage brings the S3 client."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from runtime.errors import failure_of

JSON = "application/json"
JSON_LINES = "application/x-ndjson"
TEXT = "text/plain; charset=utf-8"
_TAKEN = frozenset({"PreconditionFailed", "412"})


# JSON lets these stand in a text as they are; some readers of lines break a line at them.
_LINE_BREAKS = {mark: f"\\u{ord(mark):04x}" for mark in "\x85\u2028\u2029"}


def dumps(value: Any) -> str:
    """Write JSON in one line, whoever reads lines, and readable in any language."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for mark, escape in _LINE_BREAKS.items():
        line = line.replace(mark, escape)
    return line


class Storage:
    """One bucket. What S3 refuses is raised as botocore raises it, so that a retry can tell."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self.bucket = bucket
        self._s3 = s3

    def get(self, key: str) -> bytes:
        """Read an object whole."""
        body: bytes = self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def find(self, key: str) -> bytes | None:
        """Read an object whole; None where there is none."""
        try:
            return self.get(key)
        except ClientError as error:
            if failure_of(error).is_absence:
                return None
            raise

    def has(self, key: str) -> bool:
        """Tell whether there is an object, without reading it."""
        try:
            self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if failure_of(error).is_absence:
                return False
            raise
        return True

    def get_text(self, key: str) -> str:
        """Read an object as UTF-8."""
        return self.get(key).decode()

    def get_json(self, key: str) -> Any:
        """Read an object as JSON."""
        return json.loads(self.get(key))

    def lines(self, key: str) -> Iterator[Any]:
        """Read an object of JSON lines, one after another, without holding all of them."""
        body = self._s3.get_object(Bucket=self.bucket, Key=key)["Body"]
        return (json.loads(line) for line in body.iter_lines(chunk_size=65536) if line)

    def put(self, key: str, body: bytes | str, content_type: str = TEXT) -> None:
        """Write an object, over whatever is there."""
        data = body.encode() if isinstance(body, str) else body
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=content_type)

    def put_json(self, key: str, value: Any) -> None:
        """Write one line of JSON, over whatever is there."""
        self.put(key, dumps(value), JSON)

    def put_lines(self, key: str, values: Iterable[Any]) -> int:
        """Write JSON lines, over whatever is there; give back how many."""
        lines = [f"{dumps(value)}\n" for value in values]
        self.put(key, "".join(lines), JSON_LINES)
        return len(lines)

    def put_once(self, key: str, body: bytes | str, content_type: str = JSON) -> bool:
        """Write an object where there is none; False where there is one, which stays.

        A put of the same name under way (409 ConditionalRequestConflict) is raised, to come again.
        """
        data = body.encode() if isinstance(body, str) else body
        try:
            self._s3.put_object(
                Bucket=self.bucket, Key=key, Body=data, ContentType=content_type, IfNoneMatch="*"
            )
        except ClientError as error:
            if failure_of(error).code in _TAKEN:
                return False
            raise
        return True
