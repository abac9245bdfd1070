"""Ask Athena, and read its answer as rows of text."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any, Protocol
from urllib.parse import urlsplit

from demos.stage import DemoError

LONGEST_WAIT = 60.0


class Clients(Protocol):
    """Whatever can make a boto3 client: a sandbox, or a session of an account."""

    def client(self, service: str) -> Any:
        """Return a client of one service."""


def ask(
    clients: Clients, *, workgroup: str, database: str, queries: dict[str, str]
) -> dict[str, list[dict[str, str]]]:
    """Run queries side by side; each answer is a list of rows by column name."""
    athena, s3 = clients.client("athena"), clients.client("s3")

    def one(item: tuple[str, str]) -> tuple[str, list[dict[str, str]]]:
        name, sql = item
        return name, _answer(athena, s3, name, sql, workgroup, database)

    with ThreadPoolExecutor(4) as pool:
        return dict(pool.map(one, queries.items()))


def _answer(
    athena: Any, s3: Any, name: str, sql: str, workgroup: str, database: str
) -> list[dict[str, str]]:
    started = athena.start_query_execution(
        QueryString=sql,
        WorkGroup=workgroup,
        QueryExecutionContext={"Catalog": "AwsDataCatalog", "Database": database},
    )
    identity = started["QueryExecutionId"]
    end = monotonic() + LONGEST_WAIT
    while True:
        query = athena.get_query_execution(QueryExecutionId=identity)["QueryExecution"]
        state = query["Status"]["State"]
        if state == "SUCCEEDED":
            break
        if state in ("FAILED", "CANCELLED"):
            why = query["Status"].get("StateChangeReason", "no reason given")
            raise DemoError(f"athena query {name!r} {state.lower()}: {why}")
        if monotonic() > end:
            raise DemoError(f"athena query {name!r} is still {state} after {LONGEST_WAIT:.0f} s")
        sleep(0.1)
    place = urlsplit(query["ResultConfiguration"]["OutputLocation"])
    body = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"].read()
    return list(csv.DictReader(io.StringIO(body.decode("utf-8"))))
