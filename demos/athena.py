"""Ask Athena, and read its answer as rows of text."""

import csv
import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

from demos.deployed import Outputs
from demos.stage import DemoError
from sandbox.host.client import Sandbox

Row = Mapping[str, str]
Rows = Sequence[Row]
Answers = Mapping[str, Rows]
LONGEST_WAIT = 60.0


def ask(sandbox: Sandbox, stack: Outputs, queries: Mapping[str, str]) -> Answers:
    """Run queries side by side; the answers have the names of the queries."""
    athena, s3 = sandbox.client("athena"), sandbox.client("s3")

    def one(item: tuple[str, str]) -> tuple[str, Rows]:
        name, sql = item
        return name, _answer(athena, s3, name, sql, stack)

    with ThreadPoolExecutor(4) as pool:
        return dict(pool.map(one, queries.items()))


def _answer(athena: Any, s3: Any, name: str, sql: str, stack: Outputs) -> Rows:
    started = athena.start_query_execution(
        QueryString=sql,
        WorkGroup=stack.workgroup_name,
        QueryExecutionContext={"Catalog": "AwsDataCatalog", "Database": stack.database_name},
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
