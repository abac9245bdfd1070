"""What a request to Greengrass is about, and what it needs of IoT."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from sandbox.core import patching
from sandbox.core.upstream import iam_actions
from sandbox.iam import further_rights
from sandbox.iam.further_rights import Request, Right
from sandbox.services.greengrassv2 import deployments

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrassv2.html
_ABOUT = re.compile(r"/greengrass/v2/(components|deployments)/(.+?)(/(metadata|versions|cancel))?")
_OF_JOBS = {
    "greengrass:GetDeployment": ("iot:DescribeJob",),
    "greengrass:CancelDeployment": ("iot:DescribeJob", "iot:CancelJob"),
    "greengrass:DeleteDeployment": ("iot:DeleteJob",),
}
_OF_GROUPS = ("iot:DescribeThingGroup", "iot:CreateJob")
_OF_THINGS = ("iot:DescribeThing", "iot:GetThingShadow", "iot:UpdateThingShadow")


def install() -> None:
    """Judge requests by what they are about, and by what they have IoT do."""
    patching.wrap(
        iam_actions,
        "extract_resource_arn",
        _named,
        because="a request of Greengrass is about what its path names, not about any",
    )
    further_rights.need(_of_iot)


def _named(original: Callable[..., str]) -> Callable[..., str]:
    def arn(name: str, method: str, path: str, *rest: Any) -> str:
        about = _ABOUT.fullmatch(path) if name == "greengrass" else None
        if about is None:
            return original(name, method, path, *rest)
        said = unquote(about[2])
        return said if about[1] == "components" else deployments.arn_of(said)

    return arn


def _of_iot(request: Request) -> Iterator[Right]:
    if request.action == "greengrass:CreateDeployment":
        target = _target(request.body)
        for action in _OF_GROUPS if ":thinggroup/" in target else _OF_THINGS:
            yield Right(action, target)
    elif request.action in _OF_JOBS and (about := _ABOUT.fullmatch(request.path)):
        for action in _OF_JOBS[request.action]:
            yield Right(action, deployments.job_of(unquote(about[2]))["iotJobArn"])


def _target(body: bytes) -> str:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return "*"  # the service itself says what is wrong with the request
    return str(found.get("targetArn", "*")) if isinstance(found, dict) else "*"
