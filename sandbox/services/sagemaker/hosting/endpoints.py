"""An endpoint: what it answers with now, what it is about to answer with, and what it says."""

import threading
from collections.abc import Mapping
from typing import Any, Protocol

from sandbox.core.clock import CLOCK
from sandbox.services.events import service_events
from sandbox.services.sagemaker import tags
from sandbox.services.sagemaker.hosting import choices
from sandbox.services.sagemaker.hosting.fleets import Fleet
from sandbox.services.sagemaker.hosting.variants import Question, QuestionError, Variant
from sandbox.services.sagemaker.job_records import in_milliseconds

# In events the words of a status are in capitals.
# https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
_IN_EVENTS = {
    "Creating": "CREATING",
    "InService": "IN_SERVICE",
    "Updating": "UPDATING",
    "SystemUpdating": "SYSTEM_UPDATING",
    "RollingBack": "ROLLING_BACK",
    "Failed": "FAILED",
    "UpdateRollbackFailed": "UPDATE_ROLLBACK_FAILED",
    "Deleting": "DELETING",
}
IN_PROGRESS = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")


class Update(Protocol):
    """An update that can be abandoned."""

    def abandon(self) -> None:
        """Stop where it is."""


class Endpoint:
    """One endpoint. While it is updated a share of the traffic goes to its new fleet."""

    def __init__(self, name: str, arn: str, fleet: Fleet) -> None:
        self.name, self.arn = name, arn
        self.changing = threading.RLock()
        self.fleet = fleet
        self.new: Fleet | None = None
        self.share = 0.0  # of the traffic, for the new fleet
        self.status, self.failure_reason = "Creating", ""
        self.made_at = self.changed_at = CLOCK.time()
        self.updated_since = 0.0
        self.deployment: Mapping[str, Any] | None = None
        self.underway: Update | None = None

    @property
    def is_in_progress(self) -> bool:
        """Tell whether it cannot be changed now."""
        return self.status in IN_PROGRESS

    @property
    def answers(self) -> bool:
        """Tell whether it can be invoked."""
        return self.status not in ("Creating", "Failed", "Deleting")

    def choose(self, question: Question) -> tuple[Fleet, Variant]:
        """Choose who answers, by weight or by name; raises QuestionError for an unknown name."""
        with self.changing:
            old, new, share = self.fleet, self.new, self.share
        fleet = old
        if new is not None and share > 0:
            fleet = {"new": new, "old": old}[choices.chosen({"new": share, "old": 1 - share})]
        if not question.target_variant:
            return fleet, fleet.variants[choices.chosen(fleet.weights())]
        for each in (fleet, old, new if share else None):
            if each is not None and question.target_variant in each.variants:
                return each, each.variants[question.target_variant]
        raise QuestionError(f"Variant {question.target_variant} not found for Request")

    def become(self, status: str, failure_reason: str = "") -> None:
        """Go on to another status, and say so on the default event bus."""
        with self.changing:
            self.status, self.failure_reason = status, failure_reason[:1024]
            self.changed_at = CLOCK.time()
        self._send("SageMaker Endpoint State Change")

    def announce(self) -> None:
        """Say on the default event bus how far a deployment is."""
        self._send("SageMaker Endpoint Deployment State Change")

    def described(self) -> dict[str, Any]:
        """Show it as DescribeEndpoint does."""
        with self.changing:
            shown: dict[str, Any] = {
                "EndpointName": self.name,
                "EndpointArn": self.arn,
                "EndpointConfigName": self.fleet.config.name,
                "EndpointStatus": self.status,
                "CreationTime": self.made_at,
                "LastModifiedTime": self.changed_at,
            }
            if self.status != "Failed":
                shown["ProductionVariants"] = self.fleet.described()
            if self.failure_reason:
                shown["FailureReason"] = self.failure_reason
            if self.deployment:
                shown["LastDeploymentConfig"] = self.deployment
            if capture := self.fleet.config.capture:
                shown["DataCaptureConfig"] = {
                    "EnableCapture": self.fleet.captures,
                    "CaptureStatus": "Started" if self.fleet.captures else "Stopped",
                    "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
                    "DestinationS3Uri": capture["DestinationS3Uri"],
                    "KmsKeyId": capture.get("KmsKeyId") or "",
                }
            if asynchronous := self.fleet.config.asynchronous:
                shown["AsyncInferenceConfig"] = asynchronous
            if self.new is not None:
                shown["PendingDeploymentSummary"] = {
                    "EndpointConfigName": self.new.config.name,
                    "ProductionVariants": [
                        {**variant.described(), **_instance_type(variant)}
                        for variant in self.new.variants.values()
                    ],
                    "StartTime": self.updated_since,
                }
            return shown

    def summary(self) -> dict[str, Any]:
        """Show it as ListEndpoints does."""
        names = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime")
        shown = self.described()
        return {name: shown[name] for name in (*names, "EndpointStatus")}

    def _send(self, kind: str) -> None:
        detail = in_milliseconds(self.described())
        detail["EndpointStatus"] = _IN_EVENTS[self.status]
        detail["Tags"] = tags.of(self.arn)
        service_events.send("aws.sagemaker", kind, detail, resources=[self.arn])


def _instance_type(variant: Variant) -> dict[str, str]:
    return {"InstanceType": variant.config.instance_type} if variant.instances else {}
