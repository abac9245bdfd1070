"""The step that registers a model: a package that waits for somebody's approval. Pure."""

import json
from typing import Any

from stacks.model_training.pipeline.plan import Plan
from stacks.model_training.pipeline.references import (
    EXECUTION,
    Value,
    joined,
    of_step,
    output_of,
    parameter,
)
from stacks.model_training.pipeline.retries import RETRIES

CONTENT_TYPES = ["text/csv", "application/json"]


def registration_step(
    plan: Plan, name: str, *, trained_by: str, judged_by: str, explained_by: str
) -> dict[str, Any]:
    """Write the step, with what the model scored, where it comes from, and its card."""
    evaluation = _file(judged_by, "evaluation", "evaluation.json")
    container = {
        "Image": plan.image,
        "ModelDataUrl": of_step(trained_by, "ModelArtifacts.S3ModelArtifacts"),
        "Framework": "XGBOOST",
        "FrameworkVersion": plan.library,
        # The handlers lie in the archive, as an isolated container fetches nothing.
        "Environment": {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        },
    }
    arguments = {
        "ModelPackageGroupName": plan.package_group,
        "ModelPackageDescription": joined(
            "Trained on the content", parameter("ContentHash"), "of the lake.", by=" "
        ),
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": CONTENT_TYPES,
            "SupportedResponseMIMETypes": CONTENT_TYPES,
            "SupportedRealtimeInferenceInstanceTypes": [*plan.serving_instances],
            "SupportedTransformInstanceTypes": [*plan.serving_instances],
        },
        "ModelMetrics": {
            "ModelQuality": {"Statistics": evaluation},
            "Bias": {"Report": _file(explained_by, "explanation", "bias.json")},
            "Explainability": {"Report": _file(explained_by, "explanation", "explainability.json")},
        },
        "CustomerMetadataProperties": {
            "content_hash": parameter("ContentHash"),
            "snapshot_id": parameter("SnapshotId"),
            "manifest": parameter("ManifestUri"),
            "execution": EXECUTION,
            "training_job": of_step(trained_by, "TrainingJobName"),
            "code": plan.code.modules.rpartition("/")[2],
            "library": f"xgboost {plan.library}",
        },
        "ModelCard": {"ModelCardContent": _card(plan), "ModelCardStatus": "Draft"},
    }
    return {
        "Name": name,
        "Type": "RegisterModel",
        "Arguments": arguments,
        "RetryPolicies": RETRIES[:1],
    }


def _file(step: str, output: str, name: str) -> dict[str, Value]:
    return {"ContentType": "application/json", "S3Uri": joined(output_of(step, output), name)}


def _card(plan: Plan) -> str:
    """Write the model card, by the schema of cards that belong to packages.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-api-json-schema.html
    """
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
