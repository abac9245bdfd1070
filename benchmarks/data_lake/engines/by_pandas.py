"""Merge by pandas: the newest delivery of each key, into Parquet files by day."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.data_lake.engines.merged import tell

KEY, NEWNESS = "visit_id", ["arrived_at", "source_id", "source_line"]


def main(folder: Path) -> None:
    """Write what the table holds before, then measure the merge of what is new."""

    def write(target: str, *places: str) -> None:
        read = [pd.read_parquet(folder / place, dtype_backend="pyarrow") for place in places]
        found = pd.concat(read, ignore_index=True).astype({"day": "string[pyarrow]"})
        found = found.sort_values(NEWNESS, ascending=[False, True, True]).drop_duplicates(KEY)
        found.to_parquet(folder / target, compression="zstd", partition_cols=["day"], index=False)

    def content() -> Sequence[Any]:
        columns = [KEY, "seconds", "source_line"]
        found = pd.read_parquet(folder / "merged", columns=columns, dtype_backend="pyarrow")
        seconds, lines = found["seconds"].sum(), found["source_line"].sum()
        return len(found), found[KEY].nunique(), seconds, lines

    write("table", "base")
    tell(lambda: write("merged", "table", "new"), content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
