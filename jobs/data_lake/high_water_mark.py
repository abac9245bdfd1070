"""How far a table has taken in the modeled zone: a mark that is a property of the table. Pure."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

PROPERTY = "lake.merged-until"
# S3 stamps an object when its PUT begins, and shows it when that has ended. The function that
# writes modeled objects lives for 900 s at most, and a part of a large file is put in less, so that
# what a listing did not show has a later stamp than this far before the latest that it did show,
# though S3's clocks differ by minutes.
OVERLAP = timedelta(minutes=20)


def mark_sql(table: str, moment: datetime, snapshot: int) -> str:
    """Write the statement that says: with this snapshot, all that was written until then is in."""
    value = f"{snapshot} {moment.astimezone(UTC).isoformat()}"
    return f"ALTER TABLE {table} SET TBLPROPERTIES ('{PROPERTY}' = '{value}')"


def ancestors_sql(table: str) -> str:
    """Write the query for the snapshots that the table's content is made of."""
    return f"SELECT snapshot_id FROM {table}.history WHERE is_current_ancestor"  # noqa: S608 (checked names)


def read_mark(value: str | None, ancestors: Collection[int]) -> datetime | None:
    """Read a mark; None where there is none that holds, and so all is to be merged.

    It does not hold where its snapshot was rolled back, or forgotten.
    """
    snapshot, _, moment = (value or "").partition(" ")
    return datetime.fromisoformat(moment) if moment and int(snapshot) in ancestors else None


def reading_options(mark: datetime | None) -> dict[str, str]:
    """Say to Spark which files to read: those that may not have been there at the mark."""
    if mark is None:
        return {}
    return {"modifiedAfter": (mark - OVERLAP).strftime("%Y-%m-%dT%H:%M:%S")}
