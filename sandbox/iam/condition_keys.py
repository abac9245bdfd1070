"""What policies may ask of a request, for keys of which the emulator tells IAM nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import iam_actions

# From a request's action, body and parameters to the values of condition keys.
Find = Callable[[str, bytes, Mapping[str, Any]], Mapping[str, Any]]
_finders: dict[str, Find] = {}


def install() -> None:
    """Add what the services tell to what the emulator finds."""
    patching.wrap(
        iam_actions,
        "request_tag_context",
        _with_ours,
        because="policies may ask of a request what the emulator does not tell IAM",
    )


def tell(service: str, find: Find) -> None:
    """Have ``find`` name the values of a service's condition keys; it raises nothing."""
    _finders[service] = find


def _with_ours(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def context(service: str, action: str, body: Any, params: Mapping[str, Any]) -> dict[str, Any]:
        known = original(service, action, body, params)
        find = _finders.get(service)
        raw = body.encode() if isinstance(body, str) else body or b""
        return {**known, **find(action, raw, params)} if find else known

    return context
