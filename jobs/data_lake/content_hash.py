"""A name for what rows say, whatever order, files and partitions they come in. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

_DIGITS = 3  # of a row's hash, by which rows are put together: 4,096 parts


def parts(rows: DataFrame, columns: Mapping[str, str]) -> DataFrame:
    """Hash the rows, ``columns`` being Spark's types by name; gives ``part`` and ``hash``."""
    said = F.to_json(F.struct(*(_said(name, kind) for name, kind in columns.items())))
    hashed = rows.select(F.sha2(said, 256).alias("hash"))
    part = F.substring("hash", 1, _DIGITS).alias("part")
    in_order = F.concat_ws("", F.sort_array(F.collect_list("hash")))
    return hashed.groupBy(part).agg(F.sha2(in_order, 256).alias("hash"))


def content_hash(columns: Mapping[str, str], hashes: Iterable[tuple[str, str]]) -> str:
    """Hash columns and parts to one name of 64 hexadecimal digits."""
    content = json.dumps([list(columns.items()), sorted(hashes)])
    return hashlib.sha256(content.encode()).hexdigest()


def _said(name: str, kind: str) -> Column:
    """Spell a value as every version of Java does: it prints doubles in more than one way."""
    column = F.col(name)
    if kind == "double":
        column = column.cast("decimal(30,6)")
    elif kind == "timestamp":
        column = F.unix_micros(column)
    return column.cast("string").alias(name)
