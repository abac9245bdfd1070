"""Model package groups: the models of one purpose, version after version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.sagemaker import names, operations, pages, tags
from sandbox.services.sagemaker.operations import Request, invalid, refuse_beyond

_CARRIED = ("ModelPackageGroupName", "ModelPackageGroupDescription", "Tags")


@dataclass(eq=False)
class Group:
    """A group; ``versions`` is how many it ever had, so that no number comes again."""

    name: str
    arn: str
    description: str
    created: float = field(default_factory=CLOCK.time)
    versions: int = 0
    packages: dict[int, Any] = field(default_factory=dict)
    policy: str = ""

    def described(self) -> dict[str, Any]:
        """Show it as ``DescribeModelPackageGroup`` does."""
        return {**self.summary(), "CreatedBy": {}}

    def summary(self) -> dict[str, Any]:
        """Show it as ``ModelPackageGroupSummary``."""
        shown = {
            "ModelPackageGroupName": self.name,
            "ModelPackageGroupArn": self.arn,
            "ModelPackageGroupDescription": self.description,
            "CreationTime": self.created,
            "ModelPackageGroupStatus": "Completed",
        }
        return {name: value for name, value in shown.items() if value != ""}


_groups: Any = responses.AccountRegionScopedDict()


def install() -> None:
    """Serve the operations."""
    operations.on_reset(_groups.clear)
    operations.add(
        {
            "CreateModelPackageGroup": create,
            "DescribeModelPackageGroup": lambda request: found(_name(request)).described(),
            "ListModelPackageGroups": _list,
            "DeleteModelPackageGroup": delete,
            "PutModelPackageGroupPolicy": _put_policy,
            "GetModelPackageGroupPolicy": _get_policy,
            "DeleteModelPackageGroupPolicy": _delete_policy,
        }
    )


def found(name: str) -> Group:
    """Find a group by its name or ARN; raises ServiceError when there is none."""
    short = name.rpartition("/")[2].lower()
    group: Group | None = _groups.get(short)
    if group is None:
        raise invalid(f"ModelPackageGroup {names.arn('model-package-group', name)} does not exist.")
    return group


def every() -> list[Group]:
    """List the groups of the current account and Region."""
    return list(_groups.values())


def create(request: Request) -> Any:
    """Make a group."""
    refuse_beyond("CreateModelPackageGroup", request, _CARRIED)
    name = _name(request)
    if name.lower() in _groups:
        raise invalid(f"Model Package Group already exists: {_groups[name.lower()].arn}")
    group = Group(
        name,
        names.arn("model-package-group", name),
        request.get("ModelPackageGroupDescription", ""),
    )
    tags.put(group.arn, request.get("Tags"))
    _groups[name.lower()] = group
    return {"ModelPackageGroupArn": group.arn}


def delete(request: Mapping[str, Any]) -> Any:
    """Delete a group that has no packages any more."""
    group = found(_name(request))
    if group.packages:
        raise ServiceError(
            "ConflictException",
            f"Model Package Group {group.arn} cannot be deleted: it contains "
            f"{len(group.packages)} Model Packages",
        )
    tags.drop(group.arn)
    del _groups[group.name.lower()]
    return {}


def _list(request: Request) -> Any:
    return pages.page(
        request,
        "ModelPackageGroupSummaryList",
        [group.summary() for group in every()],
        name="ModelPackageGroupName",
    )


def _put_policy(request: Request) -> Any:
    group = found(_name(request))
    group.policy = request["ResourcePolicy"]
    return {"ModelPackageGroupArn": group.arn}


def _get_policy(request: Request) -> Any:
    group = found(_name(request))
    if not group.policy:
        raise invalid(f"Cannot find resource policy for: {group.arn}")
    return {"ResourcePolicy": group.policy}


def _delete_policy(request: Request) -> Any:
    found(_name(request)).policy = ""
    return {}


def _name(request: Mapping[str, Any]) -> str:
    return str(request["ModelPackageGroupName"])
