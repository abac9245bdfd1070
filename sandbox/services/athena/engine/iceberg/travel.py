"""FOR TIMESTAMP AS OF and FOR VERSION AS OF: which snapshot is meant."""

import datetime as dt
from collections.abc import Callable

from sqlglot import exp

from sandbox.services.athena.engine import grammar
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.iceberg.metadata import Snapshot, TableMetadata
from sandbox.services.athena.engine.types import Type

# A constant of the query, and its type.
Evaluate = Callable[[exp.Expr], tuple[object, Type]]
_MOMENTS = ("date", "timestamp", "timestamp with time zone")


def snapshot_of(
    metadata: TableMetadata, version: exp.Expr, evaluate: Evaluate, clock: Callable[[], dt.datetime]
) -> Snapshot:
    """Find the snapshot that a table's version in a query names."""
    at = grammar.place(version.expression)
    value, kind = evaluate(version.expression)
    if value is None:
        raise AthenaError("INVALID_ARGUMENTS", "Pointer value cannot be NULL", *at)
    if version.name.upper() == "VERSION":
        return _version(metadata, value, kind)
    if kind.name not in _MOMENTS:
        message = (
            f"Type {kind} invalid. Temporal pointers must be of type Timestamp, Timestamp with "
            "Time Zone, or Date."
        )
        raise AthenaError("INVALID_ARGUMENTS", message, *at)
    moment = _instant(value)
    if moment > clock():
        message = f"Pointer value '{moment:%Y-%m-%d %H:%M:%S} UTC' is not in the past"
        raise AthenaError("INVALID_ARGUMENTS", message, *at)
    return _newest(metadata, moment)


def _version(metadata: TableMetadata, value: object, kind: Type) -> Snapshot:
    if kind.name == "varchar":
        known = metadata.refs.get(str(value))
        if known is None:
            message = f"Cannot find snapshot with reference name: {value}"
            raise AthenaError("INVALID_ARGUMENTS", message)
        return metadata.snapshots[known["snapshot-id"]]
    if not kind.whole:
        raise AthenaError("NOT_SUPPORTED", f"Unsupported type for table version: {kind}")
    found = metadata.snapshots.get(int(str(value)))
    if found is None:
        message = f"Iceberg snapshot ID does not exists: {value}"
        raise AthenaError("INVALID_ARGUMENTS", message)
    return found


def _newest(metadata: TableMetadata, moment: dt.datetime) -> Snapshot:
    millis = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    before = [snapshot for made, snapshot in metadata.log if made <= millis]
    if not before:
        moment = moment.replace(tzinfo=None)
        message = f"No version history table {metadata.table} at or before {moment.isoformat()}Z"
        raise AthenaError("INVALID_ARGUMENTS", message)
    return metadata.snapshots[before[-1]]


def _instant(value: object) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time(), dt.UTC)
    raise TypeError(f"no moment: {value!r}")
