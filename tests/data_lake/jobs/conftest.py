"""A Spark of the tests, and records as the modeled zone has them."""

from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import count
from urllib.parse import quote

import pytest

from sandbox.services.glue import job_library

job_library.offer()  # what jobs import, and only Glue has
# Spark 3.5 is not for newer Pythons, for which there is none then; Spark 4 is.
collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]

COLUMNS = "visit_id string, seconds bigint, entered_at timestamp, source_id string, "
COLUMNS += "source_line bigint, arrived_at timestamp, contract_version int"
DAY = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    from testing.spark_session import started

    with started(tmp_path_factory.mktemp("spark")) as session:
        yield session


@pytest.fixture(scope="session")
def iceberg(spark):
    """Give a Spark that has tables of Iceberg, or skip what needs them."""
    from testing.spark_session import has_iceberg

    if not has_iceberg():
        pytest.skip(f"PyPI has no Iceberg for Spark {spark.version}")
    return spark


@pytest.fixture(scope="session")
def frame(spark, tmp_path_factory):
    """Make a frame of rows; Spark's own way starts a Python for them at each look."""
    from testing.parquet_rows import write_rows

    folder, numbers = tmp_path_factory.mktemp("frames"), count()

    def make(rows, columns):
        path = folder / f"{next(numbers)}.parquet"
        write_rows(path, rows, columns)
        return spark.read.schema(columns).parquet(str(path))

    return make


@pytest.fixture
def delivered(frame):
    """Make deliveries of visits from tuples: id, seconds, file, line, arrival."""

    def make(*rows):
        full = [(i, n, DAY, source, line, arrived, 1) for i, n, source, line, arrived in rows]
        return frame(full, COLUMNS)

    return make


@pytest.fixture
def table():
    """Give a table of the tests by its name."""
    from data_lake.enhanced_table import EnhancedTable

    def make(name, **changes):
        columns = dict(part.split(" ") for part in COLUMNS.split(", "))
        return EnhancedTable(
            "visits",
            f"glue_catalog.lake.{name}",
            {**columns, **changes},
            ("visit_id",),
            "entered_at",
        )

    return make


VISITS = "visit_id string, store string, visitor string, entered_at timestamp, seconds bigint, "
VISITS += "zones bigint, basket_touches bigint, age_band string, temperature double, "
VISITS += "purchased boolean, source_id string, arrived_at timestamp"
PURCHASES = "visit_id string, store string, paid_at timestamp, amount decimal(18,2), "
PURCHASES += "source_id string, arrived_at timestamp"


# Of the columns that are handed over, those that are read.
FACES = (
    *("frame_id", "face_index", "store", "captured_at", "analyzed_at", "batch_id"),
    *("face_confidence", "age_low", "age_high"),
)


def text_of(face, name):
    """Write a cell as the producer does."""
    if name in ("captured_at", "analyzed_at"):
        return f"{face['arrived_at' if name == 'analyzed_at' else name]:%Y-%m-%d %H:%M:%S.000}"
    return quote(str(face.get(name, "b")))


@pytest.fixture(scope="session")
def enhanced(frame):
    """Make visits, purchases and faces, as the job reads them, of dictionaries."""
    from data_lake.seen_faces import seen_faces

    def make(visits, purchases, faces=()):
        frames = []
        for rows, columns in ((visits, VISITS), (purchases, PURCHASES)):
            names = [column.split(" ")[0] for column in columns.split(", ")]
            found = [tuple(row[name] for name in names) for row in rows]
            frames.append(frame(found, columns))
        rows = [tuple(text_of(face, name) for name in FACES) for face in faces]
        return [*frames, seen_faces(frame(rows, ", ".join(f"{name} string" for name in FACES)))]

    return make


@pytest.fixture(params=[False, True], ids=["lenient", "strict"])
def both_ways(spark, request):
    """Have Spark give NULL for what it cannot compute, and then raise, as version 4 does."""
    spark.conf.set("spark.sql.ansi.enabled", str(request.param).lower())
    yield
    spark.conf.unset("spark.sql.ansi.enabled")


@pytest.fixture
def made(iceberg, table):
    """Make a table, as the stack does; its catalog is a folder, which chooses the place itself."""
    from stacks.data_lake.enhanced_tables import PROPERTIES

    def make(name):
        found = table(name)
        properties = ", ".join(f"'{key}' = '{value}'" for key, value in PROPERTIES.items())
        iceberg.sql(f"DROP TABLE IF EXISTS {found.name}")
        iceberg.sql(
            f"CREATE TABLE {found.name} ({found.spark_schema}) USING iceberg "
            f"PARTITIONED BY (days(`{found.partition}`)) TBLPROPERTIES ({properties})"
        )
        return found

    return make
