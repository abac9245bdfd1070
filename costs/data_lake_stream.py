"""What a gigabyte costs that is streamed into the data lake, until it is a file like any other."""

import math
from dataclasses import dataclass

from costs.bill import Line, Range, line
from costs.markdown import table

STEP = 5 * 1024  # a record is billed in these
GIB = 1024**3
BATCH_BYTES = 1024**2  # of records that the function gets at once
STREAM_METRICS, STREAM_REASONS = 2, 3  # and one for each reason of what is refused
# Four of the stream's own, and the function's throttles in the sum of all functions'.
STREAM_ALARM_METRICS = 5


@dataclass(frozen=True, slots=True)
class Records:
    """What a gigabyte of JSON comes in, and what is done to it."""

    bytes: Range = Range(5_000, 250)  # low: as large as a step; high: visits as they are
    # Some 220,000 visits a second of a whole processor, of which 512 MiB have 0.29; twice that for
    # base64 and JSON around them.
    seconds_a_batch: Range = Range(0.05, 0.25)
    memory_gb: float = 0.5
    objects: Range = Range(16, 576)  # of 64 MiB; high: one each 300 s of a day, for two data sets


def per_streamed_gigabyte(records: Records | None = None) -> list[Line]:
    """Itemise a gigabyte."""
    r = records or Records()
    billed = Range(*(_billed_gibibytes(size) for size in (r.bytes.low, r.bytes.high)))
    batches = 1e9 / BATCH_BYTES
    return [
        line("Firehose, taken", "firehose_ingest", billed.low, billed.high,
             "in steps of 5 KB a record: 5 KB; high: 250 bytes, twenty times as much"),
        line("Firehose, parted by data set", "firehose_partition", 1e9 / GIB, 1e9 / GIB,
             "what is delivered"),
        line("Firehose, objects", "firehose_object", r.objects.low, r.objects.high,
             "of 64 MiB; high: one every 300 s for two data sets"),
        line("Lambda duration", "lambda_duration_arm",
             batches * r.seconds_a_batch.low * r.memory_gb,
             batches * r.seconds_a_batch.high * r.memory_gb, "a look at each record"),
        line("Lambda requests", "lambda_request", batches, 4 * batches,
             "batches of 1 MiB; high: not full within their minute"),
        line("S3, objects in", "s3_put", r.objects.low, r.objects.high, "one PUT an object"),
        line("CloudWatch Logs", "logs_ingest", batches * 1.5e-6, 4 * batches * 1.5e-6,
             "some lines a batch"),
    ]  # fmt: skip


def _billed_gibibytes(size: float) -> float:
    return 1e9 / size * math.ceil(size / STEP) * STEP / GIB


def streamed_table() -> str:
    """Write the table of the page."""
    lines = per_streamed_gigabyte()
    rows = [[a.item, f"{a.low:.4f}", f"{a.high:.4f}", a.why] for a in lines]
    sums = [f"**{sum(getattr(a, case) for a in lines):.4f}**" for case in ("low", "high")]
    return table(
        ["US dollars a gigabyte", "Low", "High", "Because"], [*rows, ["**Total**", *sums, ""]]
    )
