"""Which kind of hosting can do what, and why not, by AWS's own pages of 2026-11-30. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "real-time", "serverless", "asynchronous", "multi-model", "inference-pipeline", "batch"
]
Feature = Literal[
    "vpc", "isolation", "capture", "guardrails", "rolling", "variants", "autoscaling", "gpu"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
FEATURES: tuple[Feature, ...] = get_args(Feature)

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_SERVERLESS = f"{_GUIDE}/serverless-endpoints.html"
_GUARDRAILS = f"{_GUIDE}/deployment-guardrails.html"
_EXCLUSIONS = f"{_GUIDE}/deployment-guardrails-exclusions.html"
_BATCH = f"{_GUIDE}/batch-transform.html"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a kind cannot have a feature, who says so, and what to set instead."""

    reason: str
    source: str
    instead: str


def _not_serverless(what: str, instead: str) -> Refusal:
    return Refusal(f"a serverless endpoint has no {what}", _SERVERLESS, instead)


def _no_endpoint(why: str, source: str = _BATCH) -> Refusal:
    return Refusal(f"a transform job ends with its data and {why}", source, "leave it out")


_TO_REAL_TIME = "choose the kind real-time, or leave it out"
REFUSALS: Mapping[tuple[Kind, Feature], Refusal] = {
    ("serverless", "vpc"): _not_serverless("VPC configuration", _TO_REAL_TIME),
    ("serverless", "isolation"): _not_serverless("network isolation", _TO_REAL_TIME),
    ("serverless", "capture"): _not_serverless("data capture", _TO_REAL_TIME),
    ("serverless", "variants"): _not_serverless("second production variant", _TO_REAL_TIME),
    ("serverless", "gpu"): _not_serverless("GPU", _TO_REAL_TIME),
    ("serverless", "guardrails"): Refusal(
        "deployment guardrails are for real-time and asynchronous endpoints alone",
        _GUARDRAILS,
        "choose the deployment all-at-once",
    ),
    ("serverless", "rolling"): Refusal(
        "a serverless endpoint has no instances to replace batch by batch",
        _EXCLUSIONS,
        "choose the deployment all-at-once",
    ),
    ("serverless", "autoscaling"): Refusal(
        "a serverless endpoint scales by itself, up to MaxConcurrency",
        _SERVERLESS,
        "set the concurrency of the variant, and no policy",
    ),
    ("multi-model", "capture"): Refusal(
        "monitoring supports endpoints of a single model alone: captured records do not say "
        "which of the models answered",
        f"{_GUIDE}/model-monitor.html",
        "leave capture out, or host the watched model alone",
    ),
    ("batch", "capture"): _no_endpoint(
        "takes a capture of its own request (DataCaptureConfig of the job), not of an endpoint",
        f"{_API}/API_CreateTransformJob.html",
    ),
    ("batch", "guardrails"): _no_endpoint("is never updated", _GUARDRAILS),
    ("batch", "rolling"): _no_endpoint("is never updated", _EXCLUSIONS),
    ("batch", "variants"): _no_endpoint("runs one model", f"{_API}/API_CreateTransformJob.html"),
    ("batch", "autoscaling"): _no_endpoint(
        "has the instances that it was started with", f"{_API}/API_TransformResources.html"
    ),
}


def refused(kind: Kind, features: Collection[Feature]) -> str | None:
    """Say why these do not go together, or None; the first reason is told with its source."""
    for feature in FEATURES:
        refusal = REFUSALS.get((kind, feature))
        if feature in features and refusal:
            return f"{refusal.reason} ({refusal.source}): {refusal.instead}"
    if "rolling" in features and "variants" in features:
        return (
            f"a rolling update takes one variant alone ({_EXCLUSIONS}): choose canary or linear, "
            "or host one variant"
        )
    return None


def table() -> list[tuple[str, ...]]:
    """Return one row per kind: its name, and for each feature ``yes`` or why not."""
    return [
        (
            kind,
            *("no: " + REFUSALS[kind, f].reason if (kind, f) in REFUSALS else "yes"
              for f in FEATURES),
        )
        for kind in KINDS
    ]  # fmt: skip
