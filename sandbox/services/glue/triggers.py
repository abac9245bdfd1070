"""Triggers of Glue, which are refused: the emulator's would start nothing."""

from typing import Any, NoReturn

from sandbox.core import patching
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import provisioners
from sandbox.services.glue import operations

_WHY = "the sandbox has no triggers of Glue; start jobs and crawlers by a state machine or a rule"
_OPERATIONS = (
    *("CreateTrigger", "UpdateTrigger", "StartTrigger", "StopTrigger", "DeleteTrigger"),
    *("GetTrigger", "GetTriggers", "ListTriggers", "BatchGetTriggers"),
)


def install() -> None:
    """Refuse the operations, and the type in templates."""
    operations.add(dict.fromkeys(_OPERATIONS, _refuse))
    patching.wrap_item(
        provisioners,
        "_RESOURCE_HANDLERS",
        ("AWS::Glue::Trigger", "create"),
        lambda _original: _refuse_template,
        because="a trigger that starts nothing is refused, not made",
    )


def _refuse(_request: Any) -> NoReturn:
    raise ServiceError("InvalidInputException", _WHY)


def _refuse_template(*_arguments: Any, **_more: Any) -> NoReturn:
    raise ValueError(_WHY)
