"""Tuning jobs: many training jobs of one definition, and which of them was the best."""

import hashlib
import re
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.services.sagemaker.job_records import Job
from sandbox.services.sagemaker.job_running import Ending
from sandbox.services.sagemaker.operations import invalid, refuse_beyond
from sandbox.services.sagemaker.training import jobs as training
from sandbox.services.sagemaker.training import service as trainings
from sandbox.services.sagemaker.training.jobs import TrainingJob
from sandbox.services.sagemaker.tuning import ranges

STRATEGIES = ("Random", "Grid")
_BETWEEN_SECONDS = 0.1
_CARRIED = (
    *("HyperParameterTuningJobName", "HyperParameterTuningJobConfig", "TrainingJobDefinition"),
    "Tags",
)
_CONFIG = (
    *("Strategy", "HyperParameterTuningJobObjective", "ResourceLimits", "ParameterRanges"),
    *("TrainingJobEarlyStoppingType", "RandomSeed"),
)
_LIMITS = ("MaxNumberOfTrainingJobs", "MaxParallelTrainingJobs", "MaxRuntimeInSeconds")
_OWN = ("StaticHyperParameters", "AlgorithmSpecification", "HyperParameterRanges")
_COUNTED = {"Completed": "Completed", "Failed": "NonRetryableError", "Stopped": "Stopped"}


class TuningJob(Job):
    """A hyperparameter tuning job."""

    kind, what = "hyper-parameter-tuning-job", "HyperParameterTuning"
    title = "HyperParameter Tuning"

    def __init__(self, request: Mapping[str, Any], role: Any) -> None:
        super().__init__(request, role)
        self.trials: list[tuple[TrainingJob, dict[str, str]]] = []
        self.config = request["HyperParameterTuningJobConfig"]
        self.definition = request["TrainingJobDefinition"]
        self.stopped = threading.Event()
        self.stop = self.stopped.set

    @property
    def objective(self) -> Mapping[str, Any]:
        """The metric that is sought, and whether the most or the least of it."""
        found: Mapping[str, Any] = self.config["HyperParameterTuningJobObjective"]
        return found

    def best(self) -> tuple[TrainingJob, dict[str, str]] | None:
        """Find the trial whose last value of the metric is the best."""
        name, sign = self.objective["MetricName"], 1 if self.objective["Type"] == "Maximize" else -1
        ended = [t for t in self.trials if t[0].status == "Completed" and name in t[0].metrics]
        return max(ended, key=lambda trial: sign * trial[0].metrics[name][0], default=None)

    def described(self) -> dict[str, Any]:
        """Show it as ``DescribeHyperParameterTuningJob`` does."""
        best = self.best()
        states = [_COUNTED.get(job.status, "InProgress") for job, _ in self.trials]
        counters = ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped")
        scored = sum(self.objective["MetricName"] in job.metrics for job, _ in self.trials)
        running = states.count("InProgress")
        shown = {
            **{name: self.request[name] for name in _CARRIED[:3]},
            "HyperParameterTuningJobArn": self.arn,
            "HyperParameterTuningJobStatus": self.status,
            "CreationTime": self.created,
            "HyperParameterTuningEndTime": self.ended,
            "LastModifiedTime": self.changed,
            "TrainingJobStatusCounters": {name: states.count(name) for name in counters},
            "ObjectiveStatusCounters": {
                "Succeeded": scored,
                "Pending": running,
                "Failed": max(0, len(states) - scored - running),
            },
            "BestTrainingJob": self.trial(*best) if best else None,
            "FailureReason": self.failure_reason,
        }
        return {name: value for name, value in shown.items() if value not in (None, "")}

    def summary(self) -> dict[str, Any]:
        """Show it as ``HyperParameterTuningJobSummary``."""
        shown = self.described()
        kept = (
            *("HyperParameterTuningJobName", "HyperParameterTuningJobArn", "CreationTime"),
            *("HyperParameterTuningJobStatus", "HyperParameterTuningEndTime", "LastModifiedTime"),
            *("TrainingJobStatusCounters", "ObjectiveStatusCounters"),
        )
        told = {name: shown[name] for name in kept if name in shown}
        limits = {"ResourceLimits": self.config["ResourceLimits"]}
        return {**told, **limits, "Strategy": self.config["Strategy"]}

    def trial(self, job: TrainingJob, tuned: Mapping[str, str]) -> dict[str, Any]:
        """Show a training job as ``HyperParameterTrainingJobSummary``."""
        name = self.objective["MetricName"]
        shown = {
            **{key: value for key, value in job.summary().items() if key in _TRIAL},
            "TrainingStartTime": job.started,
            "TunedHyperParameters": dict(tuned),
            "FailureReason": job.failure_reason,
            "ObjectiveStatus": "Succeeded" if name in job.metrics else "Failed",
        }
        if not job.is_over:
            shown["ObjectiveStatus"] = "Pending"
        if name in job.metrics:
            value = {"Type": self.objective["Type"], "Value": job.metrics[name][0]}
            shown["FinalHyperParameterTuningJobObjectiveMetric"] = {"MetricName": name, **value}
        return {key: value for key, value in shown.items() if value not in (None, "")}


_TRIAL = (
    *("TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingEndTime"),
    "TrainingJobStatus",
)


def check(request: Mapping[str, Any]) -> None:
    """Refuse what AWS would, and what cannot be carried out here; raises ServiceError."""
    refuse_beyond("CreateHyperParameterTuningJob", request, _CARRIED)
    config, definition = (
        request["HyperParameterTuningJobConfig"],
        request.get("TrainingJobDefinition"),
    )
    if definition is None:
        raise invalid("TrainingJobDefinition is missing; the sandbox tunes by one definition")
    refuse_beyond("HyperParameterTuningJobConfig", config, _CONFIG)
    refuse_beyond("ResourceLimits", config["ResourceLimits"], _LIMITS)
    if (strategy := config["Strategy"]) not in STRATEGIES:
        raise invalid(f"Strategy is {strategy}; the sandbox has {', '.join(STRATEGIES)}")
    if config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
        raise invalid("TrainingJobEarlyStoppingType is Auto; the sandbox has Off")
    if not config.get("HyperParameterTuningJobObjective"):
        raise invalid("HyperParameterTuningJobObjective is missing")
    if why := ranges.refusal(config.get("ParameterRanges") or {}, strategy):
        raise invalid(why)
    if strategy == "Random" and not config["ResourceLimits"].get("MaxNumberOfTrainingJobs"):
        raise invalid("MaxNumberOfTrainingJobs is missing, of the ResourceLimits")
    metrics = definition["AlgorithmSpecification"].get("MetricDefinitions", [])
    wanted = config["HyperParameterTuningJobObjective"]["MetricName"]
    if metrics and wanted not in [metric["Name"] for metric in metrics]:
        raise invalid(f"there is no metric definition for the objective metric {wanted}")
    first = next(ranges.drawn(config["ParameterRanges"], strategy, 0))
    training.check(_trial(request["HyperParameterTuningJobName"], definition, first, 1))


def carry_out(job: TuningJob) -> Ending:
    """Train with one set of hyperparameters after another, some at a time."""
    limits, strategy = job.config["ResourceLimits"], job.config["Strategy"]
    seed = job.config.get("RandomSeed", secrets.randbits(31))
    waiting = ranges.drawn(job.config["ParameterRanges"], strategy, seed)
    most = limits.get("MaxNumberOfTrainingJobs", float("inf"))
    until = time.monotonic() + limits.get("MaxRuntimeInSeconds", float("inf"))
    is_drained = False
    while True:
        running = [each for each, _ in job.trials if not each.is_over]
        if job.stopped.is_set() or time.monotonic() >= until:
            for each in running:
                if each.status == "InProgress":
                    each.begin_to_stop()
            is_drained = True
        if is_drained and not running:
            break
        while not is_drained and len(running) < limits["MaxParallelTrainingJobs"]:
            tuned = next(waiting, None) if len(job.trials) < most else None
            if tuned is None:
                is_drained = True
                break
            request = _trial(job.name, job.definition, tuned, len(job.trials) + 1)
            begun = trainings.SERVICE.begin(request, job.role)
            job.trials.append((begun, tuned))
            running.append(begun)
        CLOCK.sleep(_BETWEEN_SECONDS)
    if job.stopped.is_set():
        return Ending("Stopped")
    if job.best() is None:
        return Ending("Failed", _why(job))
    return Ending("Completed")


def listed(job: TuningJob) -> list[dict[str, Any]]:
    """List the training jobs of a tuning job."""
    return [job.trial(*trial) for trial in job.trials]


def _why(job: TuningJob) -> str:
    reasons = [each.failure_reason for each, _ in job.trials if each.failure_reason]
    said = reasons[0] if reasons else f"no job told {job.objective['MetricName']}"
    return f"All training jobs failed, or told no objective metric. {said}"


def _trial(
    tuning: str, definition: Mapping[str, Any], tuned: Mapping[str, str], number: int
) -> dict[str, Any]:
    """Compose the request of one training job."""
    algorithm = definition["AlgorithmSpecification"]
    digest = hashlib.sha256(f"{tuning}:{number}".encode()).hexdigest()[:8]
    name = re.sub(r"[^A-Za-z0-9-]", "-", tuning)
    return {
        **{key: value for key, value in definition.items() if key not in _OWN},
        "TrainingJobName": f"{name}-{number:03d}-{digest}",
        "AlgorithmSpecification": algorithm,
        "HyperParameters": {**definition.get("StaticHyperParameters", {}), **tuned},
    }
