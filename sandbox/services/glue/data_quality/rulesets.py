"""Rulesets: made by API or template, each read as soon as it comes."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.glue import pages
from sandbox.services.glue.data_quality.parser import parse
from sandbox.services.glue.data_quality.rules import AnyRule
from sandbox.services.glue.data_quality.tokens import DqdlError
from sandbox.services.glue.operations import Request

Properties = Mapping[str, Any]
_TYPE = "AWS::Glue::DataQualityRuleset"
_TEXT = ("Name", "Description", "Ruleset", "TargetTable")
_rulesets = responses.AccountRegionScopedDict()


def install() -> None:
    """Teach CloudFormation the type."""
    emulator.add_resource_type(_TYPE, create=_create, delete=_delete, update=_update)


def clear() -> None:
    """Forget all."""
    _rulesets.clear()


def rules_of(name: str) -> list[AnyRule]:
    """Read the rules of a ruleset, which were read when it was made."""
    return parse(str(found(name)["Ruleset"]))


def found(name: str) -> Mapping[str, Any]:
    """Find a ruleset; raises ServiceError EntityNotFoundException."""
    ruleset: Mapping[str, Any] | None = _rulesets.get(name)
    if ruleset is None:
        raise ServiceError("EntityNotFoundException", f"Cannot find Data Quality Ruleset {name}.")
    return ruleset


def create(request: Request) -> Any:
    """CreateDataQualityRuleset."""
    name = request["Name"]
    if name in _rulesets:
        raise ServiceError("AlreadyExistsException", f"Another ruleset {name} already exists.")
    _checked(request["Ruleset"])
    now = CLOCK.time()
    kept = {key: request[key] for key in _TEXT if request.get(key) is not None}
    _rulesets[name] = {**kept, "CreatedOn": now, "LastModifiedOn": now}
    return {"Name": name}


def update(request: Request) -> Any:
    """UpdateDataQualityRuleset."""
    ruleset = dict(found(request["Name"]))
    changed = {k: request[k] for k in ("Description", "Ruleset") if request.get(k) is not None}
    if "Ruleset" in changed:
        _checked(changed["Ruleset"])
    _rulesets[request["Name"]] = {**ruleset, **changed, "LastModifiedOn": CLOCK.time()}
    return {"Name": request["Name"], **changed}


def get(request: Request) -> Any:
    """GetDataQualityRuleset."""
    return found(request["Name"])


def delete(request: Request) -> Any:
    """DeleteDataQualityRuleset."""
    found(request["Name"])
    del _rulesets[request["Name"]]


def list_(request: Request) -> Any:
    """ListDataQualityRulesets."""
    wanted = request.get("Filter") or {}
    if unknown := set(wanted) - {"Name", "TargetTable"}:
        raise ServiceError(
            "InvalidInputException",
            f"the sandbox filters rulesets by Name and TargetTable, not by {min(unknown)}",
        )
    if request.get("Tags"):
        raise ServiceError("InvalidInputException", "the sandbox filters no rulesets by tags")
    kept = [
        {**{k: v for k, v in each.items() if k != "Ruleset"}, "RuleCount": len(rules_of(name))}
        for name, each in sorted(_rulesets.items())
        if all(each.get(key) == value for key, value in wanted.items())
    ]
    return pages.page("Rulesets", kept, request)


def _checked(text: str) -> None:
    try:
        parse(text)
    except DqdlError as error:
        message = f"DataQuality rules cannot be parsed: {error}"
        raise ServiceError("InvalidInputException", message) from error


def _create(_logical_id: str, properties: Properties, _stack: str) -> tuple[str, Properties]:
    try:
        create({"Name": properties["Name"], **properties})
    except ServiceError as error:
        raise ValueError(error.message) from error
    return str(properties["Name"]), {}


def _update(name: str, old: Properties, new: Properties, stack: str) -> tuple[str, Properties]:
    if (old.get("Name"), old.get("TargetTable")) != (new.get("Name"), new.get("TargetTable")):
        return _create(name, new, stack)  # replaced; the old one is deleted afterwards
    try:
        update({"Name": name, **new})
    except ServiceError as error:
        raise ValueError(error.message) from error
    return name, {}


def _delete(name: str, _properties: Properties) -> None:
    _rulesets.pop(name, None)
