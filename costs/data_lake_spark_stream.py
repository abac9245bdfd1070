"""What the lake costs besides where a Spark job reads the stream: mostly that it never ends."""

from costs.bill import Line, Range, line
from costs.tables import choices

MONTH_HOURS = 730
PROCESSORS, MEMORY_GB = 2, 8  # of each worker; its 20 GB of disk are not billed
WORKERS = Range(2, 5)  # a driver and an executor; high: and as many as it may grow to
BATCHES = MONTH_HOURS * 12  # one every five minutes
PUTS = Range(15, 100)  # a batch: the checkpoint's, a journal, files of each data set, day and part
LOOKS = MONTH_HOURS * 12


def per_spark_month() -> list[Line]:
    """Itemise a month in which the job runs."""
    hours = Range(WORKERS.low * MONTH_HOURS, WORKERS.high * MONTH_HOURS)
    why = "a driver and an executor of 2 processors and 8 GB; high: four executors, all the time"
    return [
        line("EMR Serverless, processors for a month", "emr_serverless_vcpu_hour",
             hours.low * PROCESSORS, hours.high * PROCESSORS, why),
        line("EMR Serverless, memory for a month", "emr_serverless_gb_hour",
             hours.low * MEMORY_GB, hours.high * MEMORY_GB, "likewise"),
        line("S3, batches for a month", "s3_put", BATCHES * PUTS.low, BATCHES * PUTS.high,
             "one every 300 s: its checkpoint, its journal, its files"),
        line("Step Functions, looks for a month", "express_request", LOOKS, LOOKS,
             "whether the job runs, every five minutes"),
    ]  # fmt: skip


def spark_table() -> str:
    """Write the table of the page."""
    return choices(per_spark_month())
