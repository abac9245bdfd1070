"""Model one file that is too large for the function: parts of it side by side, by its own rules."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession

from data_lake.cells import ParquetFile
from data_lake.containers import Format, container_of
from data_lake.contract import Contract, newest_contracts
from data_lake.file_parts import Part, parts_of_lines, parts_of_rows, spans
from data_lake.header import LONG_HEADER, Header, header_in
from data_lake.line_texts import decoded
from data_lake.lines import LongLine, blocks
from data_lake.load_record import load_record
from data_lake.model_file import Zones, keep
from data_lake.model_part import (
    DONE,
    Work,
    client,
    fetch_rows,
    look_at_lines,
    look_at_rows,
    met,
    model_parts,
    text_of,
)
from data_lake.modeling import Outcome, engine, set_aside
from data_lake.outcome_counts import Counts
from data_lake.parquet_footer import row_groups
from data_lake.places import contract_of
from data_lake.reasons import SetAside
from runtime.object_versions import ObjectVersion

OPTIONS = (
    *("file", "modeled", "failures", "kept_days", "max_file_bytes"),
    *("metrics_namespace", "service"),
)


def main(arguments: Sequence[str]) -> None:
    """Model the file that the run names, unless that was done before."""
    options = getResolvedOptions(list(arguments), list(OPTIONS))
    told, counts = json.loads(options["file"]), Counts()
    spark = SparkSession.builder.getOrCreate()
    counts.add(model(spark, ObjectVersion.read(told["source"]), told["part_bytes"], options))
    totals = counts.totals()
    publish(counts, options["metrics_namespace"], options["service"])
    print(json.dumps(totals), flush=True)


def model(
    spark: SparkSession,
    source: ObjectVersion,
    part_bytes: int,
    options: Mapping[str, str],
    client: Callable[[], Any] = client,
) -> list[Outcome] | None:
    """Model a file, and tell last of all that it is done; None where that was done before.

    All of it is looked at first: of a file that cannot be read to its end, nothing is written.
    """
    zones = Zones(client(), options["modeled"], options["failures"])
    if zones.is_done(source):
        return None
    contract: Contract | None = None
    with tempfile.TemporaryDirectory(prefix="lake-") as made:
        folder = Path(made)
        try:
            contract = contract_of(source.key, newest_contracts())
            work = Work(
                source=source,
                contract=contract,
                container=container_of(source.key),
                kept=timedelta(days=int(options["kept_days"])),
                part_bytes=part_bytes,
                most_bytes=int(options["max_file_bytes"]),
                modeled=zones.modeled,
                failures=zones.failures,
                client=client,
            )
            header, parts = look(spark, work, folder)
            outcome, written = model_all(spark, work, header, parts)
            load = load_record(source, contract.dataset, contract.version, outcome, written)
        except SetAside as why:
            outcome = set_aside(folder, source, why, contract.version if contract else None)
            load = keep(zones, source, contract, outcome)
        zones.put_record(source, [load])
    return [outcome]


def look(spark: SparkSession, work: Work, folder: Path) -> tuple[Header | None, list[Part]]:
    """Cut a file into parts, once it is known that all of them can be read; raises SetAside."""
    if work.container.format is Format.PARQUET:
        with engine(folder) as con:
            path = fetch_rows(work, folder)
            ParquetFile(con, path, work.contract)
            parts = parts_of_rows(row_groups(con, path), work.part_bytes)
        found = _each(spark, partial(look_at_rows, work), parts)
        _raise_first(found)
        return None, parts
    first = next(blocks(text_of(work)), None)
    header = None
    if first and work.container.format is Format.CSV:
        if isinstance(first, LongLine):
            raise SetAside(*LONG_HEADER)
        header = header_in(decoded(first, work.contract.encoding), work.contract)
    size = work.source.size_bytes
    places = [None] if work.container.gzip else spans(size, work.part_bytes)
    found = _each(spark, partial(look_at_lines, work), places)
    _raise_first(found)
    return header, parts_of_lines(found[-1][1], [each for ends, _ in found for each in ends])


def model_all(
    spark: SparkSession, work: Work, header: Header | None, parts: Sequence[Part]
) -> tuple[Outcome, list[str]]:
    """Have all parts modeled, and add up what became of them; gives the keys of what was written.

    What is compressed as a whole is read by one task. Keys meet by their bucket, so that a record
    is found to be repeated wherever in the file it was before.
    """
    tasks = [list(parts)] if work.container.gzip else [[part] for part in parts]
    if not parts:
        return Outcome(), []
    found = (
        spark.sparkContext.parallelize(tasks, len(tasks))
        .flatMap(partial(model_parts, work, header, len(parts)))
        .groupByKey()
        .map(met)
        .collect()
    )
    outcome, written, distinct = Outcome(), list[str](), 0
    for bucket, value in found:
        if bucket != DONE:
            distinct += value
            continue
        for done in value:
            outcome.good += done.good
            outcome.set_aside += done.set_aside
            outcome.added |= done.added
            written += done.written
    outcome.repeated = outcome.good - distinct
    return outcome, sorted(written)


def _each(spark: SparkSession, do: Any, places: Sequence[Any]) -> list[Any]:
    if not places:
        return []
    found: list[Any] = spark.sparkContext.parallelize(places, len(places)).map(do).collect()
    return found


def _raise_first(found: Iterable[Any]) -> None:
    for why in found:
        if isinstance(why, SetAside):
            raise why


def publish(counts: Counts, namespace: str, service: str) -> None:
    """Publish the counts as the function does: all, and what was set aside by its reason."""
    plain = [(name, "", count) for name, count in counts.totals().items()]
    boto3.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [
                    {"Name": key, "Value": value}
                    for key, value in (("reason", reason), ("service", service))
                    if value
                ],
                "Value": count,
                "Unit": "Count",
            }
            for name, reason, count in (*plain, *counts.by_reason())
        ],
    )


if __name__ == "__main__":
    main(sys.argv)
