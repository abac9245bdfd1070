"""What the data lake costs per gigabyte of raw files and per month."""

from dataclasses import dataclass

from costs.bill import GB_MONTH, Line, Range, at_rest, line
from costs.data_lake_runs import RUN_ALARM_METRICS, per_thousand_runs, runs_table
from costs.data_lake_sources import per_source, sources_table
from costs.data_lake_spark_stream import per_spark_month, spark_table
from costs.data_lake_stream import (
    STREAM_ALARM_METRICS,
    STREAM_METRICS,
    STREAM_REASONS,
    per_streamed_gigabyte,
    streamed_table,
)
from costs.tables import choices, month_costs, price_list, two_bills

GIGABYTES = (1, 1_000)
METRICS, REASONS = 10, 24  # and one for each reason of what is set aside
ALARM_METRICS = 7  # an alarm is billed for each metric that it reads
LARGE_ALARM_METRICS = 7  # of large files: three endings of two machines, what was undelivered
ALARMED = ALARM_METRICS + STREAM_ALARM_METRICS + RUN_ALARM_METRICS + LARGE_ALARM_METRICS
RAW_HOURS, MODELED_HOURS, TRAINING_HOURS = 30 * 24, 400 * 24, 90 * 24


@dataclass(frozen=True, slots=True)
class Files:
    """What a gigabyte of raw CSV comes in, and what is made of it."""

    files: Range = Range(10, 1_000)
    # Some 37 seconds of a whole processor, as `make bench BENCH=DataLake` measures them, of which
    # 1,024 MiB have 0.58; high: files of a megabyte, each with a beginning and an end.
    billed_seconds: Range = Range(65, 350)
    memory_gb: float = 1.0
    days: Range = Range(1, 3)  # of the records in one file: as many objects
    modeled_share: Range = Range(0.15, 0.35)
    kms_requests: Range = Range(1, 4)  # for each file


def per_gigabyte(gigabytes: float, files: Files | None = None) -> list[Line]:
    """Itemise what a number of gigabytes costs."""
    f = files or Files()

    def each(item: str, price: str, low: float, high: float, why: str) -> Line:
        return line(item, price, low * gigabytes, high * gigabytes, why)

    written = Range(f.files.low * (f.days.low + 2), f.files.high * (f.days.high + 2))
    kept = f.modeled_share * (1e9 * MODELED_HOURS / GB_MONTH)
    return [
        each("Lambda duration", "lambda_duration_arm", f.billed_seconds.low * f.memory_gb,
             f.billed_seconds.high * f.memory_gb, "10 files of 100 MB; high: 1,000 of 1 MB"),
        each("Lambda requests", "lambda_request", f.files.low, f.files.high,
             "one a file; fewer where ten come together"),
        each("S3, raw files in", "s3_put", f.files.low, f.files.high, "one PUT a file"),
        each("S3, raw files read", "s3_get", 2 * f.files.low, 2 * f.files.high,
             "a look whether it is done, and the file"),
        each("S3, raw files kept", "s3_storage", 1e9 * RAW_HOURS / GB_MONTH,
             1e9 * RAW_HOURS / GB_MONTH, "for 30 days, so that they can be read again"),
        each("S3, records out", "s3_put", written.low, written.high,
             "an object for each day, one with rejects, one load record"),
        each("S3, records kept", "s3_storage", kept.low, kept.high,
             "a sixth to a third of the size, 400 days"),
        each("S3, tables kept", "s3_storage", kept.low, kept.high,
             "the same records once more, each once, in Iceberg"),
        each("SQS", "sqs_request", 3 * f.files.low, 3 * f.files.high, "send, receive, delete"),
        each("KMS", "kms_request", f.files.low * f.kms_requests.low,
             f.files.high * f.kms_requests.high, "bucket keys; high: as if there were none"),
        each("CloudWatch Logs", "logs_ingest", f.files.low * 2e-6, f.files.high * 4e-6,
             "a few lines a file"),
    ]  # fmt: skip


def per_month() -> list[Line]:
    """Itemise what a deployed stack costs in a month, files aside."""
    return at_rest(
        metrics=line("CloudWatch metrics", "metric", METRICS + STREAM_METRICS,
                     METRICS + STREAM_METRICS + REASONS + STREAM_REASONS,
                     "files and records by outcome; high: and one for each reason"),
        alarms=line("CloudWatch alarms", "alarm", ALARMED, ALARMED,
                    "dead letters, age, errors, throttles, what is set aside, stream, runs"),
    )  # fmt: skip


def per_run() -> list[Line]:
    """Itemise what one run of a Spark job costs, and what one leaves behind."""
    few, many = 2 * 2 / 60, 4 * 20 / 60  # workers and minutes: hours of DPUs
    why = "2 workers for 2 minutes; high: 4 for 20"
    copy = 1e9 * TRAINING_HOURS / GB_MONTH
    return [
        line("Glue, a run", "glue_dpu_hour", few, many, why),
        line("Glue, a run with Flex", "glue_flex_dpu_hour", few, many, why),
        line("Glue, a large file of 10 GB", "glue_dpu_hour", 4 * 3 / 60, 4 * 20 / 60,
             "4 workers for 3 minutes; high: one task alone reads gzip, for 20"),
        line("Glue Data Quality, a table", "glue_quality_dpu_hour", 2 * 1 / 60, 2 * 10 / 60,
             "2 workers for a minute, the least that is billed; high: for 10"),
        line("Glue, optimizers of a table, a day", "glue_optimizer_dpu_hour", 0, (3 + 20) * 2 / 60,
             "nothing to do; high: each of the three for a minute, and files put together for 20"),
        line("Glue, a crawl, where there is a crawler", "glue_crawler_dpu_hour", 2 / 60, 20 / 60,
             "2 DPUs for a minute, the least that is billed; high: for 10, as older pages say"),
        line("S3, a training set", "s3_storage", 0.1 * copy, 0.25 * copy,
             "a tenth to a quarter of a gigabyte of raw files, for 90 days"),
    ]  # fmt: skip


def tables() -> dict[str, str]:
    """Write the tables of the page, by the name of their place."""
    month = per_month()
    heads = ["US dollars", "1 GB low", "1 GB high", "1 TB low", "1 TB high", "Because"]
    bills = [per_gigabyte(n) for n in GIGABYTES]
    return {
        "costs-per-gigabyte": two_bills(heads, bills, "Lambda duration", lambda lines: lines[1:]),
        "costs-per-streamed-gigabyte": streamed_table(),
        "costs-per-source": sources_table(),
        "costs-per-spark-month": spark_table(),
        "costs-per-month": month_costs(month),
        "costs-per-run": choices(per_run()),
        "costs-per-thousand-runs": runs_table(),
        "prices": price_list(
            [
                *per_gigabyte(1),
                *per_streamed_gigabyte(),
                *per_source(),
                *per_spark_month(),
                *month,
                *per_run(),
                *per_thousand_runs(),
            ]
        ),
    }
