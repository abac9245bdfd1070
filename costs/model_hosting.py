"""What ModelHosting costs per month, by kind of hosting and number of requests."""

from collections.abc import Sequence
from dataclasses import dataclass

from costs.bill import BILLED_ROTATIONS, Line, line
from costs.defaults import defaults
from costs.markdown import table
from costs.prices import prices
from costs.tables import choices, month_costs, price_list

SETTINGS = defaults()["model_hosting"]
HOURS = 730
REQUESTS = (10_000, 1_000_000, 100_000_000)
# What the kinds are compared by: one row of JSON in a tenth of a second and two gigabytes, which is
# what a cold container of gradient-boosted trees needs, warm ones being quicker.
SECONDS, GIGABYTES = 0.1, 2
PEAK = 4  # times the mean rate that instances have to bear
SHARED_BY = 10  # models of one multi-model endpoint, of which this is one
ROWS_PER_SECOND = 500  # of a transform job's instance
JOBS, JOB_SECONDS = 30, 300  # a month: one a day, with what an instance needs to start
MOST_FEATURES = 10  # that have a metric of their own in a window
ALARMS, METRICS = 43, 15  # an alarm is billed for each metric that it reads
WATCH_SECONDS = 120, 300  # that a job of the watch on drift is paid for


@dataclass(frozen=True, slots=True)
class KindCost:
    """Dollars a month for so many requests; ``why`` says what is paid for."""

    kind: str
    dollars: tuple[float, ...]
    why: str


def instances(requests: float) -> int:
    """Return how many instances bear the peak of a month's requests, at least those that are set.

    By the setting ``requests_per_instance_minute``, by which they are scaled.
    """
    minutes = HOURS * 60
    wanted = -(-requests * PEAK // (minutes * SETTINGS["requests_per_instance_minute"]))
    least: int = SETTINGS["least_instances"]
    return max(int(wanted), least)


def kinds(counts: Sequence[int] = REQUESTS) -> list[KindCost]:
    """Return what each kind of hosting costs for so many requests, without the API before it."""
    hour = prices()["sagemaker_m5_large_hour"].high
    second = prices()["serverless_gb_second"].high

    def always(requests: float) -> float:
        return instances(requests) * HOURS * hour

    def busy(requests: float) -> float:
        """Pay for the hours in which there is something to do, one instance working at a time."""
        return min(HOURS, requests * SECONDS / 3600 + JOBS * JOB_SECONDS / 3600) * hour

    least = SETTINGS["least_instances"]
    told = {
        "real-time": (always, f"instances all the time, {least} at least"),
        "serverless": (lambda n: n * SECONDS * GIGABYTES * second, "gigabyte-seconds of answers"),
        "asynchronous": (busy, "instances while there is work, down to none"),
        "multi-model": (
            lambda n: always(n) / SHARED_BY,
            f"a share of instances: {SHARED_BY} models",
        ),
        "inference-pipeline": (always, "the same instances, all containers on each"),
        "batch": (
            lambda n: (n / ROWS_PER_SECOND + JOBS * JOB_SECONDS) / 3600 * hour,
            "an instance for as long as a job takes, one job a day",
        ),
    }
    return [KindCost(k, tuple(cost(n) for n in counts), why) for k, (cost, why) in told.items()]


def break_even() -> float:
    """Return the requests a month at which serverless costs what instances cost at the least."""
    least: float = SETTINGS["least_instances"] * HOURS * prices()["sagemaker_m5_large_hour"].high
    return least / (SECONDS * GIGABYTES * prices()["serverless_gb_second"].high)


def per_month() -> list[Line]:
    """Itemise what a deployed stack costs in a month before the first request."""
    hours = SETTINGS["least_instances"] * HOURS
    low, high = (HOURS / SETTINGS["drift_hours"] * seconds / 3600 for seconds in WATCH_SECONDS)
    return [
        line("SageMaker, instances", "sagemaker_m5_large_hour", hours, hours,
             "two, from the first approved model on"),
        line("KMS key", "kms_key", 1, 1 + BILLED_ROTATIONS, "one; high: from its third year on"),
        line("SageMaker, watch on drift", "sagemaker_m5_large_hour", low, high,
             "an instance of a job for each window"),
        line("CloudWatch metrics", "metric", METRICS, METRICS + MOST_FEATURES,
             "answers by status, batches, windows; high: features that drift"),
        line("CloudWatch alarms", "alarm", ALARMS, ALARMS,
             "the endpoint's and the machines'; the scaling policy adds two of its own"),
        line("CloudWatch dashboard", "dashboard", 1, 1, "free for the first three of an account"),
    ]  # fmt: skip


def per_million() -> list[Line]:
    """Itemise what a million requests through the API cost beside the instances."""
    return [
        line("API Gateway", "rest_api_request", 1e6, 1e6, "each request"),
        line("Lambda, requests", "lambda_request", 1e6, 1e6, "each request"),
        line("Lambda, duration", "lambda_duration_arm", 1e6 * 0.02 / 2, 1e6 * 0.1 / 2,
             "512 MiB for 20 ms; high: 100 ms"),
        line("CloudWatch Logs", "logs_ingest", 0.4, 1.0, "access and function logs, in GB"),
        line("S3, captures", "s3_put", 1e3, 2e5, "records are put together; high: one by one"),
    ]  # fmt: skip


def tables() -> dict[str, str]:
    """Write the tables of the page, by the name of their place."""
    heads = ["Dollars a month", *(f"{n:,} requests" for n in REQUESTS), "Because"]
    rows = [[c.kind, *(f"{d:,.2f}" for d in c.dollars), c.why] for c in kinds()]
    told = (
        f"Serverless costs as much as {SETTINGS['least_instances']} instances at "
        f"{break_even() / 1e6:,.0f} million requests a month."
    )
    return {
        "costs-by-kind": f"{table(heads, rows)}\n\n{told}",
        "costs-per-month": month_costs(per_month()),
        "costs-per-million": choices(per_million()),
        "prices": price_list([*per_month(), *per_million()]),
    }
