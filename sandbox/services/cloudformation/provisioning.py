"""CloudFormation: what a template says is carried out, known to be inert, or refused."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners
from sandbox.services.cloudformation import ignored_properties
from sandbox.services.cloudformation.unread_properties import Watched, plain
from sandbox.services.cloudformation.upstream import stacks

Made = tuple[str, Mapping[str, Any]]
_DROPPED = "a property that nobody carries out fails the deployment instead of being dropped"


def install() -> None:
    """Restore what the emulator drops, then watch over every resource that it makes."""
    for name in ("_replacing_change", "_custom_named_replacement_error"):
        patching.wrap(
            provisioners,
            name,
            _unwatched,
            because="to compare properties is not to carry them out",
        )
    for module in (provisioners, stacks):  # the second imported both by name
        patching.wrap(module, "_provision_resource", _provision, because=_DROPPED)
        patching.wrap(module, "_update_resource", _update, because=_DROPPED)


def _unwatched(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let the emulator compare all properties, which is no sign that it carries them out."""

    def compare(cfn_type: str, old: Any, new: Any, *rest: Any) -> Any:
        return original(cfn_type, plain(old), plain(new), *rest)

    return compare


def _provision(original: Callable[..., Made]) -> Callable[..., Made]:
    def provision(cfn_type: str, logical_id: str, properties: Any, stack: str) -> Made:
        if isinstance(properties, Watched):
            properties.whole = True  # an update that makes the resource anew: judged here
        if not cfn_type.startswith("AWS::"):
            return original(cfn_type, logical_id, properties, stack)
        watched = Watched(plain(properties))
        made = original(cfn_type, logical_id, watched, stack)
        if lost := dropped(cfn_type, watched):
            with contextlib.suppress(Exception):  # the refusal matters, not a failed clean-up
                provisioners._delete_resource(
                    cfn_type, made[0], plain(properties), stack, logical_id
                )
            raise ValueError(refusal(cfn_type, lost))
        return made

    return provision


def _update(original: Callable[..., Made]) -> Callable[..., Made]:
    def update(
        cfn_type: str, physical_id: str, old: Any, new: Any, *rest: Any, **more: Any
    ) -> Made:
        if not cfn_type.startswith("AWS::") or old == new:
            return original(cfn_type, physical_id, old, new, *rest, **more)
        watched = Watched(plain(new))
        made = original(cfn_type, physical_id, old, watched, *rest, **more)
        # An update need not look at what stays as it is.
        lost = [path for path in dropped(cfn_type, watched) if _differs(old, new, path)]
        if lost:
            raise ValueError(refusal(cfn_type, lost))
        return made

    return update


def _differs(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> bool:
    first = path.partition(".")[0].partition("[")[0]
    return bool(old.get(first) != new.get(first))


def dropped(cfn_type: str, watched: Watched) -> list[str]:
    """List the properties that nobody carried out and that are not known to be inert."""
    return sorted(
        path for path in watched.unread() if ignored_properties.reason(cfn_type, path) is None
    )


def refusal(cfn_type: str, paths: list[str]) -> str:
    """Say which properties stop a deployment, and what to do about it."""
    names = ", ".join(f"{cfn_type}.{path}" for path in paths)
    return (
        f"the sandbox does not carry {names} yet; leave it out of the template, "
        "or restore it in sandbox/services"
    )
