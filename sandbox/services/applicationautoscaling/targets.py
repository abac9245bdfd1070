"""What may be scaled here, between which limits, and by which policies and schedules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sandbox.core.emulator import PARTITION, ServiceError
from sandbox.core.upstream import responses

NAMESPACE, DIMENSION = "sagemaker", "sagemaker:variant:DesiredInstanceCount"
_RESOURCE = re.compile(r"endpoint/(?P<endpoint>[^/]+)/variant/(?P<variant>[^/]+)")
_ROLE = (
    "aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)


class Scaled(NamedTuple):
    """A variant of an endpoint."""

    endpoint: str
    variant: str

    @property
    def resource_id(self) -> str:
        """Spell it as requests do."""
        return f"endpoint/{self.endpoint}/variant/{self.variant}"


@dataclass(slots=True)
class Policy:
    """A target tracking policy, with the alarms that carry it out."""

    name: str
    arn: str
    config: Mapping[str, Any]
    made_at: float
    alarms: Mapping[str, str]  # by "High" and "Low", to the name
    rests_until: dict[str, float] = field(default_factory=dict)  # by the same

    @property
    def target(self) -> float:
        """Tell the value that the metric is kept near to."""
        return float(self.config["TargetValue"])


@dataclass(slots=True)
class Schedule:
    """A scheduled action: when it is due, and the limits that it sets."""

    name: str
    arn: str
    given: Mapping[str, Any]
    made_at: float
    last_at: float


@dataclass(slots=True)
class Target:
    """A scalable target."""

    scaled: Scaled
    arn: str
    least: int
    most: int
    made_at: float
    suspended: dict[str, bool]
    policies: dict[str, Policy] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    activities: list[dict[str, Any]] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        """Show it as DescribeScalableTargets does."""
        account = responses.get_account_id()
        return {
            **place(self.scaled),
            "MinCapacity": self.least,
            "MaxCapacity": self.most,
            "RoleARN": f"arn:{PARTITION}:iam::{account}:role/{_ROLE}",
            "CreationTime": self.made_at,
            "SuspendedState": self.suspended,
            "ScalableTargetARN": self.arn,
        }

    def within(self, count: float) -> int:
        """Bring a count within the limits."""
        return int(max(self.least, min(self.most, count)))


def scaled_of(request: Mapping[str, Any]) -> Scaled:
    """Read what a request is about. Raises ServiceError for what is not scaled here."""
    namespace, dimension = request.get("ServiceNamespace"), request.get("ScalableDimension")
    if namespace != NAMESPACE or dimension != DIMENSION:
        raise invalid(
            f"the sandbox does not scale {namespace} {dimension}; it scales {NAMESPACE} {DIMENSION}"
        )
    found = _RESOURCE.fullmatch(str(request.get("ResourceId")))
    if found is None:
        raise invalid(
            f"Unsupported service namespace, resource type or scalable dimension: "
            f"{request.get('ResourceId')}; a variant is endpoint/NAME/variant/NAME"
        )
    return Scaled(found["endpoint"], found["variant"])


def place(scaled: Scaled) -> dict[str, str]:
    """Spell the members by which requests and replies name a variant."""
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": scaled.resource_id,
        "ScalableDimension": DIMENSION,
    }


def invalid(message: str) -> ServiceError:
    """Refuse a request for what it says."""
    return ServiceError("ValidationException", message)
