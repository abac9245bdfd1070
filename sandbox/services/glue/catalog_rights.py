"""The rights that a request about the catalog needs: Glue asks for the whole path of a table."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import iam_actions, responses
from sandbox.iam import further_rights
from sandbox.iam.further_rights import Request, Right
from sandbox.services.glue.data_quality import rights as data_quality

# https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
_OF_DATABASES = {f"{verb}Database" for verb in ("Create", "Delete", "Get", "Update")}
_OF_DATABASES |= {"GetDatabases"}
_OF_JOBS = {"StartJobRun", "GetJobRun", "GetJobRuns", "BatchStopJobRun"}
_OF_JOBS |= {f"{verb}Job" for verb in ("Create", "Delete", "Get", "Update")}
_OF_CRAWLERS = {f"{verb}Crawler" for verb in ("Create", "Delete", "Get", "Start", "Stop", "Update")}
_OF_SECURITY = {f"{verb}SecurityConfiguration" for verb in ("Create", "Delete", "Get")}
_OF_SECURITY |= {"GetSecurityConfigurations"}


def install() -> None:
    """Judge requests by what they are about, and by all that stands above it."""
    patching.wrap(
        iam_actions,
        "extract_resource_arn",
        _named,
        because="a database, a job and a table of Glue are taken for one another, by their name",
    )
    further_rights.need(_above)


def _named(original: Callable[..., str]) -> Callable[..., str]:
    def arn(name: str, method: str, path: str, headers: Any, body: Any, *rest: Any) -> str:
        known = original(name, method, path, headers, body, *rest)
        operation = headers.get("x-amz-target", "").partition("AWSGlue.")[2]
        if name != "glue" or not operation:
            return known
        *_, region, account = rest
        root = f"arn:{PARTITION}:glue:{region}:{account}"
        return _lowest(root, operation, _parsed(body)) or known

    return arn


def _lowest(root: str, operation: str, request: Mapping[str, Any]) -> str | None:
    if operation in _OF_JOBS:
        return f"{root}:job/{request.get('JobName') or request.get('Name')}"
    if operation in _OF_SECURITY:
        return "*"  # they have no ARN
    if operation in _OF_CRAWLERS:
        return f"{root}:crawler/{request.get('Name')}"
    if found := next(data_quality.arns(operation, request), None):
        return found
    path = list(_path(root, operation, request))
    return path[-1] if path else None


def _above(request: Request) -> Iterator[Right]:
    operation = request.headers.get("x-amz-target", "").partition("AWSGlue.")[2]
    if request.service != "glue" or operation in _OF_JOBS | _OF_SECURITY | _OF_CRAWLERS:
        return
    for arn in list(data_quality.arns(operation, _parsed(request.body)))[1:]:
        yield Right(request.action, arn)
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    root = f"arn:{PARTITION}:glue:{place}"
    for arn in list(_path(root, operation, _parsed(request.body)))[:-1]:
        yield Right(request.action, arn)


def _path(root: str, operation: str, request: Mapping[str, Any]) -> Iterator[str]:
    database = request.get("DatabaseName")
    if operation in _OF_DATABASES:
        database = request.get("Name") or (request.get("DatabaseInput") or {}).get("Name")
        yield f"{root}:catalog"
        if database:
            yield f"{root}:database/{database}"
    elif database:
        table = request.get("TableName") or (request.get("TableInput") or {}).get("Name")
        table = table or request.get("Name")
        yield f"{root}:catalog"
        yield f"{root}:database/{database}"
        if table or operation == "GetTables":
            yield f"{root}:table/{database}/{table or '*'}"


def _parsed(body: Any) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
