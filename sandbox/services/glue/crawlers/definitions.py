"""Which crawlers run here; all else is refused when it is made."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners, responses
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.glue.upstream import glue

Properties = Mapping[str, Any]

_OF_TARGET = {"Path"}
# Members that mean something, and the one meaning that there is here.
_ONLY: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "SchemaChangePolicy": {
        "UpdateBehavior": ("UPDATE_IN_DATABASE", "LOG"),
        "DeleteBehavior": ("LOG", "DEPRECATE_IN_DATABASE"),
    },
    "RecrawlPolicy": {"RecrawlBehavior": ("CRAWL_EVERYTHING",)},
    "LineageConfiguration": {"CrawlerLineageSettings": ("DISABLE",)},
}
_REFUSED = ("Classifiers", "LakeFormationConfiguration", "Schedule")


def install() -> None:
    """Stand before the operations that make and change crawlers, and before their templates."""
    because = "a crawler that cannot run here is refused, not made"
    for name in ("_create_crawler", "_update_crawler"):
        patching.wrap(glue, name, _checked_request, because=because)
    for verb, properties_at in (("create", 1), ("update", 2)):
        patching.wrap_item(
            provisioners,
            "_RESOURCE_HANDLERS",
            ("AWS::Glue::Crawler", verb),
            _checked_template(properties_at),
            because=because,
        )


def refusal(crawler: Properties) -> str | None:
    """Say what of a crawler cannot be carried out here; None when all of it can."""
    for name in _REFUSED:
        if crawler.get(name):
            return f"the sandbox cannot carry out {name} of a crawler"
    for kind, targets in (crawler.get("Targets") or {}).items():
        if targets and kind != "S3Targets":
            return f"the sandbox crawls S3Targets, and no {kind}"
        for target in targets:
            if more := sorted({name for name, value in target.items() if value} - _OF_TARGET):
                return f"the sandbox cannot carry out {more[0]} of a target; a target has a Path"
    for name, members in _ONLY.items():
        for member, value in (crawler.get(name) or {}).items():
            if value not in members.get(member, ()):
                return f"the sandbox has no {name}.{member} {value}"
    return _configuration_refusal(crawler.get("Configuration"))


def _configuration_refusal(spelled: Any) -> str | None:
    try:
        found = json.loads(spelled) if spelled else {}
    except ValueError:
        return "Configuration is not JSON"
    if more := sorted(set(found) - {"Version"}):
        return f"the sandbox cannot carry out {more[0]} of a crawler's Configuration"
    return None


def _checked_request(original: Callable[..., Any]) -> Callable[..., Any]:
    def checked(data: dict[str, Any]) -> Any:
        if why := refusal(data):
            return responses.error_response_json("InvalidInputException", why, 400)
        return original(data)

    return checked


def _checked_template(properties_at: int) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Any, **more: Any) -> Any:
            if why := refusal(plain(arguments[properties_at])):
                raise ValueError(why)
            return original(*arguments, **more)

        return checked

    return make
