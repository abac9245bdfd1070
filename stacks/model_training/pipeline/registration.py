"""The step that registers a model: a package that waits for somebody's approval. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stacks.model_training.algorithms.table import OWN
from stacks.model_training.pipeline.plan import Plan
from stacks.model_training.pipeline.references import (
    EXECUTION,
    Value,
    joined,
    output_of,
    parameter,
)
from stacks.model_training.pipeline.retries import RETRIES
from stacks.model_training.pipeline.training import Trained

CONTENT_TYPES = ["text/csv", "application/json"]


@dataclass(frozen=True, slots=True)
class Reports:
    """The steps that have judged and explained a model."""

    judged_by: str
    explained_by: str

    @property
    def metrics(self) -> dict[str, Any]:
        """Say where the reports lie."""
        explained = self.explained_by
        return {
            "ModelQuality": {"Statistics": _file(self.judged_by, "evaluation", "evaluation.json")},
            # Whoever serves it compares requests with this.
            "ModelDataQuality": {"Statistics": _file(explained, "explanation", "reference.json")},
            "Bias": {"Report": _file(explained, "explanation", "bias.json")},
            "Explainability": {"Report": _file(explained, "explanation", "explainability.json")},
        }


def registration_step(
    plan: Plan, name: str, found: Trained, reports: Reports | None = None
) -> dict[str, Any]:
    """Write the step, with what the model scored, where it comes from, and its card.

    Without reports the model is served by the image of AWS's algorithm that has trained it.
    """
    algorithm = plan.learning.algorithm
    requests, answers = (
        (CONTENT_TYPES, CONTENT_TYPES) if reports else (algorithm.requests, algorithm.answers)
    )
    arguments: dict[str, Any] = {
        "ModelPackageGroupName": plan.package_group,
        "ModelPackageDescription": _description(plan),
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [_container(plan, found, reports)],
            "SupportedContentTypes": [*requests],
            "SupportedResponseMIMETypes": [*answers],
            "SupportedRealtimeInferenceInstanceTypes": [*plan.serving_instances],
            "SupportedTransformInstanceTypes": [*plan.serving_instances],
        },
        "CustomerMetadataProperties": {
            "content_hash": parameter("ContentHash"),
            "snapshot_id": parameter("SnapshotId"),
            "manifest": parameter("ManifestUri"),
            "execution": EXECUTION,
            "training_job": found.job,
            "algorithm": algorithm.name,
            **_made_with(plan, reports),
        },
        "ModelCard": {"ModelCardContent": _card(plan, reports), "ModelCardStatus": "Draft"},
    }
    if reports:
        arguments["ModelMetrics"] = reports.metrics
    return {
        "Name": name,
        "Type": "RegisterModel",
        "Arguments": arguments,
        "RetryPolicies": RETRIES[:1],
    }


def _description(plan: Plan) -> Value:
    if plan.learning.algorithm.rows == OWN:
        return "Trained on files that people have brought."
    return joined("Trained on the content", parameter("ContentHash"), "of the lake.", by=" ")


def _container(plan: Plan, found: Trained, reports: Reports | None) -> dict[str, Any]:
    if not reports:
        return {"Image": plan.learning.image, "ModelDataUrl": found.model}
    return {
        "Image": plan.image,
        "ModelDataUrl": found.model,
        "Framework": "XGBOOST",
        "FrameworkVersion": plan.library,
        # The handlers lie in the archive, as an isolated container fetches nothing.
        "Environment": {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        },
    }


def _made_with(plan: Plan, reports: Reports | None) -> Mapping[str, str]:
    algorithm = plan.learning.algorithm
    if not reports:
        return {"library": f"{algorithm.repository} {algorithm.tag}"}
    code = plan.code.modules.rpartition("/")[2]
    return {"code": code, "library": f"xgboost {plan.library}"}


def _file(step: str, output: str, name: str) -> dict[str, Value]:
    return {"ContentType": "application/json", "S3Uri": joined(output_of(step, output), name)}


def _card(plan: Plan, reports: Reports | None) -> str:
    """Write the model card, by the schema of cards that belong to packages.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-api-json-schema.html
    """
    if not reports:
        return json.dumps(_unjudged_card(plan))
    return json.dumps(
        {
            "intended_uses": {
                "purpose_of_model": "Tells the chance that a visit to a store ends in a purchase.",
                "intended_uses": "Numbers over many visits: staffing, layout, opening hours.",
                "factors_affecting_model_efficiency": "Its bias report tells of each store and age "
                "band; a group with few rows is told and not scored.",
                "risk_rating": "Medium",
                "explanations_for_risk_rating": "It sees no person's name; who decides about one "
                "person by it has to review the bias report first.",
            },
            "additional_information": {
                "caveats_and_recommendations": f"A yes is a chance of {plan.threshold:g} or more. "
                f"It was registered as its area under the curve is {plan.least_auc:g} or more, and "
                "no smaller than that of the model approved before, on the same rows."
            },
        }
    )


def _unjudged_card(plan: Plan) -> dict[str, Any]:
    algorithm = plan.learning.algorithm
    told = ", ".join(f"{name} {bound:g}" for name, bound in plan.learning.bounds.items())
    return {
        "intended_uses": {
            "purpose_of_model": f"What {algorithm.title} has learned; for what, a person says.",
            "risk_rating": "Unknown",
            "explanations_for_risk_rating": "Nothing but its own container opens the model: no "
            "report says how it treats groups. Who approves it has to judge that first.",
        },
        "additional_information": {
            "caveats_and_recommendations": "It was registered by what the algorithm tells of "
            f"itself ({told or 'without a bound'}), and was compared with no other model."
        },
    }
