"""Reach into MiniStack by name, and remember each name that is no longer what we expect."""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

_originals: dict[str, Any] = {}
_changed: list[str] = []


def replace(
    target: str, expected_signature: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> None:
    """Put ``make(original)`` in the place of one of MiniStack's functions.

    ``target`` is ``package.module:name`` or ``package.module:Class.method``.
    ``expected_signature`` is the parameter list as written there without annotations and
    defaults, such as ``(query_id, query, *, catalog)``. When it differs nothing is replaced,
    and `changed` names the target. Two replacements of one target nest: the later one is
    called first.
    """
    module, name, current = _find(target)
    original = _originals.setdefault(target, current)
    if original is None:
        _changed.append(f"{target} is gone")
    elif (actual := signature_of(original)) != expected_signature:
        _changed.append(f"{target} takes {actual}, expected {expected_signature}")
    else:
        setattr(module, name, make(current))


def replace_text(target: str, old: str, new: str) -> None:
    """Change one passage of a program that MiniStack keeps as a string."""
    module, name, current = _find(target)
    if not isinstance(current, str):
        _changed.append(f"{target} is gone")
    elif (found := current.count(old)) != 1:
        _changed.append(f"{target} holds {found} times instead of once: {old.strip()[:60]!r}")
    else:
        setattr(module, name, current.replace(old, new))


def require(target: str, expected_signature: str | None = None) -> Any:
    """Read one of MiniStack's names, and have it checked at every start.

    Returns None when it is gone; `changed` then names it and the start is refused.
    """
    _, _, current = _find(target)
    original = _originals.setdefault(target, current)
    if original is None:
        _changed.append(f"{target} is gone")
    elif expected_signature is not None:
        actual = signature_of(original)
        if actual != expected_signature:
            _changed.append(f"{target} takes {actual}, expected {expected_signature}")
    return current


def note(difference: str) -> None:
    """Remember a difference that was found in another way."""
    _changed.append(difference)


def changed() -> tuple[str, ...]:
    """List what differs from the MiniStack that we were written for."""
    return tuple(dict.fromkeys(_changed))


def signature_of(function: Callable[..., Any]) -> str:
    """Spell a parameter list without annotations and defaults."""
    parameters = [
        p.replace(annotation=inspect.Parameter.empty, default=inspect.Parameter.empty)
        for p in inspect.signature(function).parameters.values()
    ]
    return str(inspect.Signature(parameters))


def _find(target: str) -> tuple[Any, str, Any]:
    path, _, name = target.partition(":")
    try:
        module = importlib.import_module(path)
    except ModuleNotFoundError:
        return None, name, None
    owner, _, attribute = name.rpartition(".")
    holder = getattr(module, owner, None) if owner else module
    return holder, attribute, getattr(holder, attribute, None)
