"""What ModelTraining costs per training set and per month."""

from costs.bill import BILLED_ROTATIONS, GB_MONTH, POLLS, Line, Range, line
from costs.tables import choices, month_costs, price_list

# Seconds that a job is billed for: its instance is there, data come, it runs, data go.
PROCESSING, TRAINING = Range(120, 600), Range(120, 3_600)
JOBS = 3  # that process: prepare, evaluate, explain
KEPT = Range(1e7, 2e9)  # bytes of an execution: rows as CSV, checkpoints, model, reports
HOURS = 400 * 24
METRICS, ALARM_METRICS = 4, 8
ENDPOINTS, MONTH = 3, 730  # interface endpoints of the notebook's network; hours
WORKED = Range(20, 160)  # hours a month in which somebody works in it, and the last idle one


def per_execution() -> list[Line]:
    """Itemise what one training set costs."""
    seconds = PROCESSING * JOBS
    return [
        line("SageMaker, prepare, evaluate, explain", "sagemaker_m5_large_hour",
             seconds.low / 3600, seconds.high / 3600, "three jobs of two minutes; high: of ten"),
        line("SageMaker, train", "sagemaker_m5_xlarge_hour", TRAINING.low / 3600,
             TRAINING.high / 3600, "two minutes on Spot; high: an hour on demand"),
        line("S3, objects", "s3_put", 40, 400, "rows, checkpoints, model, reports"),
        line("S3, kept", "s3_storage", KEPT.low * HOURS / GB_MONTH, KEPT.high * HOURS / GB_MONTH,
             "10 MB for 400 days; high: 2 GB"),
        line("KMS", "kms_request", 50, 500, "bucket keys; volumes; high: many files"),
        line("CloudWatch Logs", "logs_ingest", 1e-4, 2e-3, "a line a round"),
    ]  # fmt: skip


def per_month() -> list[Line]:
    """Itemise what a deployed stack costs in a month, training aside."""
    return [
        line("KMS key", "kms_key", 1, 1 + BILLED_ROTATIONS, "one; high: from its third year on"),
        line("CloudWatch metrics", "metric", METRICS, METRICS, "executions and wishes by outcome"),
        line("CloudWatch alarms", "alarm", ALARM_METRICS, ALARM_METRICS,
             "dead letters, age, errors, throttles, failed executions"),
        line("CloudWatch dashboard", "dashboard", 1, 1, "free for the first three of an account"),
        line("SQS, idle polling", "sqs_request", POLLS, POLLS, "Lambda's pollers never rest"),
    ]  # fmt: skip


def notebook_month() -> list[Line]:
    """Itemise what a notebook adds to a month, if a setting wants one."""
    return [
        line("SageMaker, notebook", "sagemaker_t3_medium_notebook_hour", WORKED.low, WORKED.high,
             "ml.t3.medium for 20 hours; high: each working day"),
        line("VPC endpoints", "vpc_endpoint_hour", ENDPOINTS * MONTH, ENDPOINTS * MONTH,
             "three, in one zone, whether anybody works or not"),
    ]  # fmt: skip


def tables() -> dict[str, str]:
    """Write the tables of the page, by the name of their place."""
    return {
        "costs-per-execution": choices(per_execution()),
        "costs-per-month": month_costs(per_month()),
        "costs-notebook": month_costs(notebook_month()),
        "prices": price_list([*per_execution(), *per_month(), *notebook_month()]),
    }
