"""Deployments: which components a thing or a group of things is to have, revision by revision."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.emulator import PARTITION, ServiceError
from sandbox.core.upstream import responses
from sandbox.services.greengrassv2 import components, pages, tags
from sandbox.services.greengrassv2.recipe import invalid
from sandbox.services.iot.upstream import iot

Request = Mapping[str, Any]

ACTIVE, CANCELED, INACTIVE = "ACTIVE", "CANCELED", "INACTIVE"
# What a core device brings with it: AWS's own, whose recipes are nobody's here.
_OF_AWS = {
    "aws.greengrass.Nucleus",
    "aws.greengrass.NucleusLite",
    "aws.greengrass.Cli",
    "aws.greengrass.LogManager",
    "aws.greengrass.TokenExchangeService",
}
_TOLD = (
    "targetArn",
    "deploymentName",
    "components",
    "deploymentPolicies",
    "iotJobConfiguration",
    "parentTargetArn",
)


@dataclass(eq=False)
class Deployment:
    """A revision of what a target is to have."""

    id: str
    revision: int
    request: dict[str, Any]
    status: str = ACTIVE
    latest: bool = True
    created: float = field(default_factory=CLOCK.time)

    @property
    def target(self) -> str:
        """The ARN of the thing or of the group."""
        return str(self.request["targetArn"])

    @property
    def arn(self) -> str:
        """The deployment's own ARN."""
        return arn_of(self.id)

    def summary(self) -> dict[str, Any]:
        """Show it as ``ListDeployments`` does."""
        told = ("targetArn", "deploymentName", "parentTargetArn")
        return {
            **{name: self.request[name] for name in told if name in self.request},
            "deploymentId": self.id,
            "revisionId": str(self.revision),
            "creationTimestamp": self.created,
            "deploymentStatus": self.status,
            "isLatestForTarget": self.latest,
        }

    def described(self) -> dict[str, Any]:
        """Show it as ``GetDeployment`` does."""
        asked = {name: self.request[name] for name in _TOLD if name in self.request}
        return {**asked, **self.summary(), **job_of(self.id), "tags": tags.of(self.arn)}


_deployments: Any = responses.AccountRegionScopedDict()  # by id, in order of making
_tokens: Any = responses.AccountRegionScopedDict()


def forget() -> None:
    """Forget all."""
    _deployments.clear()
    _tokens.clear()


def arn_of(deployment_id: str) -> str:
    """Spell the ARN of a deployment."""
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    return f"arn:{PARTITION}:greengrass:{place}:deployments:{deployment_id}"


def job_of(deployment_id: str) -> dict[str, str]:
    """Name the job of IoT that would carry it to the devices."""
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    return {
        "iotJobId": deployment_id,
        "iotJobArn": f"arn:{PARTITION}:iot:{place}:job/{deployment_id}",
    }


def of(target: str) -> list[Deployment]:
    """List the revisions of a target, the newest last."""
    return [each for each in _deployments.values() if each.target == target]


def create(request: Request) -> dict[str, Any]:
    """Carry out ``CreateDeployment``: a revision takes the place of the target's last one."""
    token = request.get("clientToken", "")
    if token and token in _tokens:
        return {"deploymentId": _tokens[token], **job_of(_tokens[token])}
    _require_target(request["targetArn"])
    for name, wanted in (request.get("components") or {}).items():
        for wrong in _wrong_with(name, wanted):
            raise invalid(f"component {name}: {wrong}")
    before = of(request["targetArn"])
    made = Deployment(responses.new_uuid(), len(before) + 1, dict(request))
    for each in before:
        each.latest = False
        if each.status == ACTIVE:
            each.status = INACTIVE
    _deployments[made.id] = made
    if token:
        _tokens[token] = made.id
    tags.put(made.arn, request.get("tags"))
    return {"deploymentId": made.id, **job_of(made.id)}


def get(request: Request) -> dict[str, Any]:
    """Carry out ``GetDeployment``."""
    return _required(request).described()


def list_deployments(request: Request) -> dict[str, Any]:
    """Carry out ``ListDeployments``: the newest first, one for each target unless asked for all."""
    every = request.get("historyFilter", "LATEST_ONLY") == "ALL"
    shown = [
        each.summary()
        for each in reversed(list(_deployments.values()))
        if (every or each.latest) and request.get("targetArn", each.target) == each.target
    ]
    return pages.page(request, "deployments", shown)


def cancel(request: Request) -> dict[str, Any]:
    """Carry out ``CancelDeployment``."""
    found = _required(request)
    if found.status != ACTIVE:
        raise _conflict(found, "only an ACTIVE one can be canceled")
    found.status = CANCELED
    return {"message": f"Deployment {found.id} was canceled"}


def delete(request: Request) -> dict[str, Any]:
    """Carry out ``DeleteDeployment``, which an active one refuses."""
    found = _required(request)
    if found.status == ACTIVE:
        raise _conflict(found, "cancel it before it is deleted")
    del _deployments[found.id]
    tags.drop(found.arn)
    return {}


def _require_target(arn: str) -> None:
    kind, _, name = arn.rpartition(":")[2].partition("/")
    known = {"thing": iot._things, "thinggroup": iot._thing_groups}
    if name not in known[kind]:
        raise ServiceError("ResourceNotFoundException", f"{arn} does not exist", 404)


def _wrong_with(name: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    version = wanted["componentVersion"]
    if name.startswith("aws."):
        if name not in _OF_AWS:
            yield f"of AWS's own the sandbox knows {', '.join(sorted(_OF_AWS))}"
    elif components.find(name, version) is None:
        yield f"there is no version {version!r} of it in this account"
    update = wanted.get("configurationUpdate") or {}
    try:
        merged = json.loads(update.get("merge") or "{}")
    except ValueError as error:
        yield f"configurationUpdate.merge is not JSON: {error}"
    else:
        if not isinstance(merged, dict):
            yield f"configurationUpdate.merge is {merged!r}; it is an object"
    for pointer in update.get("reset") or ():
        if pointer and not pointer.startswith("/"):
            yield f"configurationUpdate.reset has {pointer!r}; allowed: JSON pointers, such as /a/b"


def _required(request: Request) -> Deployment:
    found: Deployment | None = _deployments.get(request["deploymentId"])
    if found is None:
        raise ServiceError(
            "ResourceNotFoundException",
            f"Deployment [{request['deploymentId']}] does not exist",
            404,
        )
    return found


def _conflict(found: Deployment, message: str) -> ServiceError:
    return ServiceError(
        "ConflictException", f"Deployment {found.id} is {found.status}: {message}", 409
    )
