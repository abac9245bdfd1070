"""The objects of a lake, as its own function looks into them: no record comes to the operator."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.config import Config

from operations.outcome import OperationError

AT_ONCE = 50  # versions that the function is asked about
ANSWER_SECONDS = 910  # Lambda's most, and a little
NAMES = "erasure/"  # where what names the person is kept meanwhile
Version = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a value of a column of a data set names."""

    dataset: str
    column: str
    value: str


class LakeObjects:
    """Asks a lake's function about versions of objects, some at a time."""

    def __init__(self, session: Any, function: str, person: Person) -> None:
        config = Config(read_timeout=ANSWER_SECONDS, retries={"total_max_attempts": 1})
        self._lambda, self._s3 = session.client("lambda", config=config), session.client("s3")
        self._function, self._person = function, person
        self.looked_into = 0  # versions

    def ask(self, task: str, **rest: Any) -> dict[str, Any]:
        """Have one task done; raises OperationError with what the function says of a failure."""
        person = self._person
        told = {"dataset": person.dataset, "column": person.column, "value": person.value}
        answer = self._lambda.invoke(
            FunctionName=self._function, Payload=json.dumps({"task": task, **told, **rest})
        )
        found: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise OperationError(f"{task}: {found.get('errorType')}: {found.get('errorMessage')}")
        return found

    def each(
        self, task: str, bucket: str, *, prefix: str = "", only_latest: bool = False
    ) -> Iterator[Version]:
        """Have a task done on a bucket's versions; yields those that there is something to tell of.

        ``why`` says what, and ``unreadable`` whether nobody could look into it.
        """
        wanted = (v for v in self.versions(bucket, prefix) if v["latest"] or not only_latest)
        while rest := list(islice(wanted, AT_ONCE)):
            while rest:
                answer = self.ask(task, bucket=bucket, objects=rest)
                self.looked_into += answer["done"]
                yield from ({**version, "unreadable": False} for version in answer["found"])
                yield from ({**version, "unreadable": True} for version in answer["unreadable"])
                rest = rest[answer["done"] :]

    def versions(self, bucket: str, prefix: str = "") -> Iterator[Version]:
        """List every version of a bucket's objects; a marker of a deleted one holds nothing."""
        pages = self._s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Versions", ()):
                if prefix or not found["Key"].startswith(NAMES):
                    yield {
                        "key": found["Key"],
                        "version": found["VersionId"],
                        "latest": found["IsLatest"],
                        "at": found["LastModified"].isoformat(),
                        "size": found["Size"],
                    }
