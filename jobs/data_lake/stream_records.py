"""Model a stream as it comes, batch by batch: a job of EMR Serverless that does not end."""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have
from pyspark.sql.streaming.query import StreamingQuery

from data_lake.batch_files import BatchFiles, Taken
from data_lake.contract import newest_contracts
from data_lake.streamed_batch import StreamRecord, take_batch

CHECKPOINT = "checkpoint/"
# What the connector gives: https://github.com/awslabs/spark-sql-kinesis-connector
COLUMNS = "data binary, sequenceNumber string, approximateArrivalTimestamp timestamp"
SHARD_RECORDS = 2_000  # a second, twice what a shard takes: a job that was late catches up
# In which whoever wrote batches before has ended what it was writing, and sees that it is over.
HANDOVER_SECONDS = 180
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEAST_SECONDS = 10  # of a fetch, as the connector has it


@dataclass(frozen=True, slots=True)
class Batches:
    """Takes each batch, in the driver; what it has goes to the executors, so there is no client."""

    stream: str
    service: str  # as metrics name the lake
    kept: timedelta
    files: BatchFiles

    def take(self, batch: DataFrame, number: int) -> None:
        """Model one batch; the same batch again leaves what it left, and nothing beside it."""
        files = self.files.of_batch(number)
        parts = records_of(batch).rdd.mapPartitionsWithIndex(
            partial(take_part, stream=self.stream, kept=self.kept, files=files)
        )
        taken = parts.collect()
        files.finish(self.stream, taken)
        if taken:
            print(json.dumps({"service": self.service, **counts(taken)}), flush=True)


def main(arguments: Sequence[str]) -> None:
    """Read the stream from where the checkpoint says, or from its beginning, for ever."""
    options = read_options(arguments)
    spark = SparkSession.builder.getOrCreate()
    batches = Batches(
        stream=options.stream,
        service=options.service,
        kept=timedelta(days=options.kept_days),
        files=BatchFiles(
            clients=partial(client, options.region),
            modeled=options.modeled,
            failures=options.failures,
            checkpoints=options.checkpoints,
            owner=uuid4().hex,
        ),
    )
    if batches.files.claim():
        time.sleep(HANDOVER_SECONDS)
    records = from_kinesis(spark, options.stream, options.endpoint, options.seconds)
    checkpoint = f"s3://{options.checkpoints}/{CHECKPOINT}"
    start(records, batches, checkpoint, options.seconds).awaitTermination()


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read what the job was started with."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("stream", "endpoint", "region", "modeled", "failures", "checkpoints", "service"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("kept_days", "seconds"):
        parser.add_argument(f"--{name}", required=True, type=int)
    return parser.parse_args(arguments)


def from_kinesis(spark: SparkSession, stream: str, endpoint: str, seconds: int) -> DataFrame:
    """Read a stream of Kinesis, and stop rather than pass over what it keeps no longer."""
    fetched = max(seconds // 2, LEAST_SECONDS)  # a shard gives twice what it takes
    return (
        spark.readStream.format("aws-kinesis")
        .option("kinesis.streamName", stream)
        .option("kinesis.endpointUrl", endpoint)
        .option("kinesis.consumerType", "GetRecords")
        .option("kinesis.startingPosition", "TRIM_HORIZON")
        .option("kinesis.failOnDataLoss", "true")
        .option("kinesis.maxFetchTimePerShardSec", str(fetched))
        .option("kinesis.maxFetchRecordsPerShard", str(SHARD_RECORDS * max(seconds, fetched)))
        .load()
    )


def start(records: DataFrame, batches: Batches, checkpoint: str, seconds: int) -> StreamingQuery:
    """Take a batch every so many seconds, or one after another where they take longer."""
    return (
        records.writeStream.foreachBatch(batches.take)
        .option("checkpointLocation", checkpoint)
        .trigger(processingTime=f"{seconds} seconds")
        .start()
    )


def records_of(batch: DataFrame) -> DataFrame:
    """Take what a record is known by; a moment as a number, which no time zone changes."""
    arrived = F.unix_micros("approximateArrivalTimestamp")
    return batch.select("data", "sequenceNumber", arrived.alias("arrived"))


def take_part(
    index: int, rows: Iterable[Any], *, stream: str, kept: timedelta, files: BatchFiles
) -> Iterator[Taken]:
    """Model a part of a batch, in an executor."""
    records = (
        StreamRecord(bytes(data), sequence, EPOCH + timedelta(microseconds=arrived))
        for data, sequence, arrived in rows
    )
    with tempfile.TemporaryDirectory(prefix="batch-") as folder:
        parts = list(take_batch(records, stream, newest_contracts(), kept, Path(folder)))
        yield from files.write(index, parts)


def counts(taken: Iterable[Taken]) -> dict[str, Any]:
    """Sum up a batch, as the log's metrics have it."""
    found = list(taken)
    reasons = sum((each.set_aside for each in found), Counter[str]())
    return {
        "records_modeled": sum(each.good for each in found),
        "records_repeated": sum(each.repeated for each in found),
        "records_set_aside": reasons.total(),
        "reasons": dict(sorted(reasons.items())),
    }


@cache
def client(region: str) -> Any:
    """Create the client once per process, on first use."""
    return boto3.client("s3", region_name=region)


if __name__ == "__main__":
    # Executors get what they run by the name of its module, and there this script is none.
    from data_lake import stream_records

    stream_records.main(sys.argv[1:])
