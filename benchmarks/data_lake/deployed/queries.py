"""Questions that Athena answers by raw CSV and by an Iceberg table: what each has to read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

from pyarrow import parquet

from benchmarks.data_lake.deployed.lake import DATASET, Lake, lake
from benchmarks.data_lake.deployed.scanned import DAYS, Answer, Read, told
from fixtures.retail.files import VISITS
from sandbox.host.process import SandboxError

OVER_MANIFESTS = 2  # their list, and the file that names the list
RAW, ICEBERG = "raw_visits", f"{DATASET}_enhanced"
# How a column is read where every cell is text; the others are text everywhere.
TYPED = {
    "entered_at": "from_iso8601_timestamp(entered_at)",
    "seconds": "CAST(seconds AS bigint)",
    "basket_touches": "CAST(basket_touches AS bigint)",
    "purchased": "CAST(purchased AS boolean)",
}
OF_A_DAY = (
    " WHERE {{entered_at}} >= TIMESTAMP '{0} 00:00:00 UTC'"
    " AND {{entered_at}} < TIMESTAMP '{1} 00:00:00 UTC'"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the three columns that tell it, and the query over a table."""

    asks: str
    columns: frozenset[str]
    sql: str


QUESTIONS = (
    Question(
        "whether shops that hold people longer sell more",
        frozenset({"store", "seconds", "purchased"}),
        "SELECT {store}, count(*), sum({seconds}), count_if({purchased}) "
        "FROM {table}{where} GROUP BY 1 ORDER BY 1",
    ),
    Question(
        "whether picking things up foretells a purchase",
        frozenset({"basket_touches", "seconds", "purchased"}),
        "SELECT least({basket_touches}, 8), count(*), sum({seconds}), count_if({purchased}) "
        "FROM {table}{where} GROUP BY 1 ORDER BY 1",
    ),
    Question(
        "how long people stay in which hour",
        frozenset({"entered_at", "store", "seconds"}),
        "SELECT {store}, hour({entered_at}), count(*), sum({seconds}) "
        "FROM {table}{where} GROUP BY 1, 2 ORDER BY 1, 2",
    ),
)


def report() -> tuple[str, str]:
    """Ask each question of both, of all days and of one."""
    here = lake()
    folder = here.deliver(DAYS)
    here.merge()
    _make_raw_table(here, folder)
    answers = list(_answers(here, (datetime.now(UTC) - timedelta(days=DAYS // 2)).date()))
    return "What queries read, and what a terabyte costs", told(answers)


def _answers(here: Lake, day: date) -> Iterator[Answer]:
    filters = {"": "", str(day): OF_A_DAY.format(day, day + timedelta(days=1))}
    for of, where in filters.items():
        chunks = Chunks.of(here, of)
        for question in QUESTIONS:
            raw, rows = _asked(here, question.sql, where, RAW, TYPED)
            iceberg, same = _asked(here, question.sql, where, ICEBERG, {})
            if rows != same or not rows:
                raise SandboxError(f"{question.asks}: raw says {rows}, Iceberg says {same}")
            columns = question.columns | ({"entered_at"} if where else frozenset())
            weight = sum(chunks.weights[name] for name in columns)
            if iceberg != weight:
                raise SandboxError(
                    f"{question.asks}: {iceberg} bytes are said to be scanned, and the chunks of "
                    f"{sorted(columns)} weigh {weight}"
                )
            read = Read(raw, DAYS), Read(iceberg, chunks.files + chunks.metadata)
            yield Answer(question.asks, bool(where), *read)


@dataclass(frozen=True, slots=True)
class Chunks:
    """What columns weigh in the table's data files, how many there are, and files about these."""

    weights: Mapping[str, int]
    files: int
    metadata: int

    @classmethod
    def of(cls, here: Lake, day: str) -> Self:
        """Look into all files of the table as it is, or into those of a day."""
        listed, _ = here.ask(f'SELECT file_path FROM "{ICEBERG}$files"')  # noqa: S608 (our own name)
        paths = [str(path) for (path,) in listed if not day or f"_day={day}/" in str(path)]
        weights = dict.fromkeys(VISITS, 0)
        for path in paths:
            metadata = parquet.ParquetFile(here.object(path)).metadata
            for group in map(metadata.row_group, range(metadata.num_row_groups)):
                for chunk in map(group.column, range(metadata.num_columns)):
                    if chunk.path_in_schema in weights:
                        weights[chunk.path_in_schema] += chunk.total_compressed_size
        manifests, _ = here.ask(f'SELECT path FROM "{ICEBERG}$manifests"')  # noqa: S608 (our own name)
        return cls(weights, len(paths), len(manifests) + OVER_MANIFESTS)


def _make_raw_table(here: Lake, folder: str) -> None:
    """Let Athena read a folder of the raw zone as it came, every cell as text."""
    columns = ", ".join(f"{name} string" for name in VISITS)
    here.ask(
        f"CREATE EXTERNAL TABLE {RAW} ({columns}) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
        f"LOCATION 's3://{here.stack.raw_bucket_name}/{folder}' "
        "TBLPROPERTIES ('skip.header.line.count' = '1')"
    )


def _asked(
    here: Lake, sql: str, where: str, name: str, typed: Mapping[str, str]
) -> tuple[int, list[list[str | None]]]:
    """Ask one of both; gives the bytes that were scanned, and the answer."""
    cells = {column: typed.get(column, column) for column in VISITS}
    rows, scanned = here.ask(sql.format(table=name, where=where.format(**cells), **cells))
    return scanned, rows
