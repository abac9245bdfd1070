"""Merge by DuckDB: the newest delivery of each key, into Parquet files by day."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.data_lake.engines.deliveries import COLUMNS
from benchmarks.data_lake.engines.merged import CONTENT, tell

_NEWEST = """
COPY (
    SELECT {columns}, day FROM ({deliveries})
    QUALIFY row_number() OVER (
        PARTITION BY visit_id ORDER BY arrived_at DESC, source_id, source_line
    ) = 1
) TO '{target}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))
"""


def main(folder: Path) -> None:
    """Write what the table holds before, then measure the merge of what is new."""
    con = duckdb.connect(config={"temp_directory": str(folder / "spilled")})
    con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    con.execute("SET preserve_insertion_order = false")

    def write(target: str, *places: str) -> None:
        files = ", ".join(f"'{folder / place}/**/*.parquet'" for place in places)
        deliveries = f"SELECT * FROM read_parquet([{files}], hive_partitioning = true)"  # noqa: S608 (our own folders)
        columns = ", ".join(COLUMNS)
        con.execute(_NEWEST.format(columns=columns, deliveries=deliveries, target=folder / target))

    def content() -> Sequence[Any]:
        merged = f"read_parquet('{folder}/merged/**/*.parquet')"
        return con.execute(f"SELECT {CONTENT} FROM {merged}").fetchone() or ()  # noqa: S608 (our own folder)

    write("table", "base")
    tell(lambda: write("merged", "table", "new"), content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
