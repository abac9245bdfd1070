"""What a deployed lake holds, fetched as files: tables as their catalog lists them, quarantine."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from demos.athena import Rows, ask
from demos.data_lake.progress import Outputs
from sandbox.host.client import Sandbox

FETCHERS = 4


class Found:
    """Fetches files of a lake into a folder."""

    def __init__(self, sandbox: Sandbox, stack: Outputs, folder: Path) -> None:
        self._sandbox, self._stack, self._folder = sandbox, stack, folder
        self._s3, self._numbers = sandbox.client("s3"), count()

    def table(self, name: str) -> list[Path]:
        """Fetch the data files of an Iceberg table's present snapshot."""
        sql = f'SELECT file_path FROM "{name}$files"'  # noqa: S608 (our own name)
        places = [urlsplit(row["file_path"]) for row in self._ask(sql)]
        return self._fetch([(place.netloc, place.path.lstrip("/")) for place in places])

    def below(self, bucket: str, prefix: str) -> list[Path]:
        """Fetch all objects below a prefix."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return self._fetch([(bucket, o["Key"]) for page in pages for o in page.get("Contents", ())])

    def _ask(self, sql: str) -> Rows:
        return ask(self._sandbox, self._stack, {"query": sql})["query"]

    def _fetch(self, places: Sequence[tuple[str, str]]) -> list[Path]:
        def one(place: tuple[str, str]) -> Path:
            path = self._folder / f"{next(self._numbers)}.parquet"
            found: Any = self._s3.get_object(Bucket=place[0], Key=place[1])
            path.write_bytes(found["Body"].read())
            return path

        with ThreadPoolExecutor(FETCHERS) as pool:
            return list(pool.map(one, places))


def rows(files: Sequence[Path], columns: Sequence[str]) -> Rows:
    """Read columns of Parquet files as rows of text, as Athena would answer; moments in UTC."""
    listed = ", ".join(f"'{path}'" for path in files)
    shown = ", ".join(f"CAST({name} AS VARCHAR)" for name in columns)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        found = con.execute(
            f"SELECT {shown} FROM read_parquet([{listed}], hive_partitioning = false)"  # noqa: S608 (our own names)
        )
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
