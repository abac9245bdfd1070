"""Deliveries as the modeled zone has them, of any number, written by DuckDB."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

DAYS = 100
TWICE = 20  # one key of so many is delivered twice
KNOWN = 10  # one of so many is in the table already, by an older delivery
DATASET = "visits"
# The columns of visits, with what tells of a delivery; Spark's types.
COLUMNS = {
    **dict.fromkeys(("visit_id", "store", "visitor"), "string"),
    "entered_at": "timestamp",
    **dict.fromkeys(("seconds", "zones", "basket_touches"), "bigint"),
    "age_band": "string",
    "temperature": "double",
    "purchased": "boolean",
    "source_id": "string",
    "source_line": "bigint",
    "arrived_at": "timestamp",
    "contract_version": "int",
}
_ROWS = """
SELECT
    printf('v-%012x', key) AS visit_id,
    list_extract(['Zürich HB', 'Köln Süd', 'harbour', 'old-town'], (h % 4 + 1)::INT) AS store,
    printf('p-%08x', (h // 7) % ($keys // 2 + 1)) AS visitor,
    TIMESTAMPTZ '2026-06-01 00:00:00Z' + to_days((key % $days)::INT)
        + to_milliseconds(((h // 11) % 86400000)::BIGINT) AS entered_at,
    1 + (h // 13) % 1800 + $version AS seconds,
    1 + (h // 17) % 12 AS zones,
    (h // 19) % 9 AS basket_touches,
    CASE WHEN h % 6 > 0 THEN list_extract(
        ['child', 'teen', 'young adult', 'adult', 'senior'], (h % 6)::INT) END AS age_band,
    round(((h // 23) % 400)::DOUBLE / 10 - 10, 1) AS temperature,
    (h // 29) % 3 = 0 AS purchased,
    md5(concat($source, (n // 100000)::VARCHAR)) AS source_id,
    n AS source_line,
    $arrived::TIMESTAMPTZ AS arrived_at,
    1 AS contract_version,
    (DATE '2026-06-01' + (key % $days)::INT)::VARCHAR AS day
FROM (
    SELECT *, (hash(key) >> 8)::BIGINT AS h
    FROM (SELECT range AS n, range * $every AS key FROM range($count))
)
"""


def keys_of(rows: int) -> int:
    """Count the keys of so many deliveries; the rest of these are second ones."""
    return -(-rows * TWICE // (TWICE + 1))


def write(folder: Path, rows: int) -> None:
    """Write ``rows`` deliveries below ``new``, and what the table holds before below ``base``.

    Both lie as the zone has them: ``<data set>/day=<day>/<file>.parquet``.
    """
    keys = keys_of(rows)
    first, again, known = (keys, 1), (rows - keys, TWICE), (keys // KNOWN, KNOWN)
    days = (
        ("base", known, 0, "2026-10-01T00:00:00Z"),
        ("new", first, 1, "2026-11-01T00:00:00Z"),
        ("new", again, 2, "2026-11-02T00:00:00Z"),
    )
    for place, (count, every), version, arrived in days:
        _copy(
            folder / place / DATASET,
            count,
            {"keys": keys, "every": every, "version": version, "arrived": arrived},
        )


def _copy(place: Path, count: int, given: Mapping[str, int | str]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    named = f"FILENAME_PATTERN 'file-{given['version']}-{{uuid}}'"
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        con.execute("SET preserve_insertion_order = false")
        con.execute(
            f"COPY ({_ROWS}) TO '{place}' (FORMAT parquet, COMPRESSION zstd, "
            f"PARTITION_BY (day), OVERWRITE_OR_IGNORE, {named})",
            {**given, "count": count, "days": DAYS, "source": f"source {given['version']} "},
        )
