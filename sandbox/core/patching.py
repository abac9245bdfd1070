"""The one way into MiniStack: names are declared, checked at start, and replaced for a reason."""

import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Make = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What stands around one of MiniStack's functions, or in its place."""

    target: str
    ours: str
    around: bool
    because: str
    issue: int | None = None  # of github.com/ministackorg/ministack


_GONE = object()
_UPSTREAM = "https://github.com/ministackorg/ministack/issues/"
_modules: list["Module"] = []
_replacements: list[Replacement] = []
_originals: dict[str, Any] = {}
_differences: list[str] = []


class Module:
    """A module of MiniStack, reduced to the names that the sandbox declares.

    Each name comes with what it is expected to be: for what can be called, its parameter list
    without annotations and defaults, such as ``(query_id, query, *, catalog)``; else its type,
    such as ``dict``. A name is looked up at each use, so it is what was last put in its place.
    Raises AttributeError for a name that was not declared, or that is gone.
    """

    def __init__(self, path: str, /, **expected: str) -> None:
        object.__setattr__(self, "upstream_path", path)
        object.__setattr__(self, "upstream_names", expected)
        _modules.append(self)

    def __getattr__(self, name: str) -> Any:
        self._require(name)
        path = self.upstream_path
        return getattr(sys.modules.get(path) or importlib.import_module(path), name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._require(name)
        setattr(importlib.import_module(self.upstream_path), name, value)

    def _require(self, name: str) -> None:
        if name.startswith("__") or name not in self.upstream_names:
            raise AttributeError(
                f"{self.upstream_path}:{name} is not declared; add it to the upstream.py"
            )


def wrap(module: Module, name: str, make: Make, *, because: str, issue: int | None = None) -> None:
    """Put ``make(original)`` in the place of a function, or of ``Class.method``.

    When the function is not what its declaration says, nothing is replaced, and `differences`
    names it. Two wraps of one function nest: the later one is called first.
    """
    if _difference(module, name) is None:
        holder, attribute, current = _find(module, name)
        setattr(holder, attribute, make(current))
        _note(module, name, make, around=True, because=because, issue=issue)


def replace(
    module: Module, name: str, ours: Any, *, because: str, issue: int | None = None
) -> None:
    """Put our function in the place of one of MiniStack's, which is not called any more.

    It may be an object too, in the place of another that is used in the same way.
    """
    if _difference(module, name) is None:
        holder, attribute, _ = _find(module, name)
        setattr(holder, attribute, ours)
        _note(module, name, ours, around=False, because=because, issue=issue)


def wrap_item(
    module: Module,
    name: str,
    keys: tuple[str, ...],
    make: Make,
    *,
    because: str,
    issue: int | None = None,
) -> None:
    """Put ``make(original)`` in the place of a function that a table of MiniStack's holds.

    ``keys`` lead to it, the last one in the innermost dict.
    """
    *outer, last = keys
    spelled = f"{name}[{']['.join(keys)}]"
    try:
        table = getattr(module, name)
        for key in outer:
            table = table[key]
        table[last] = make(table[last])
    except KeyError:
        _differences.append(f"{module.upstream_path}:{spelled} is gone")
    else:
        _note(module, spelled, make, around=True, because=because, issue=issue)


def replace_text(module: Module, name: str, old: str, new: str, *, because: str) -> None:
    """Change one passage of a program that MiniStack keeps as a string."""
    if _difference(module, name) is not None:
        return
    holder, attribute, current = _find(module, name)
    target = f"{module.upstream_path}:{name}"
    if (found := current.count(old)) != 1:
        _differences.append(f"{target} holds {found} times instead of once: {old.strip()[:60]!r}")
        return
    setattr(holder, attribute, current.replace(old, new))
    _replacements.append(Replacement(target, "one passage of its text", False, because))


def differences() -> tuple[str, ...]:
    """List what differs from the MiniStack that the declarations were written for."""
    found = (_difference(module, name) for module in _modules for name in module.upstream_names)
    return tuple(dict.fromkeys([*filter(None, found), *_differences]))


def replacements() -> tuple[Replacement, ...]:
    """List what was wrapped and replaced, in the order in which it was."""
    return tuple(_replacements)


def table() -> str:
    """Write what was wrapped and replaced as a table in Markdown, the innermost of each first."""
    rows = []
    for target in dict.fromkeys(found.target for found in _replacements):
        name = target.removeprefix("ministack.")
        nested = [found for found in _replacements if found.target == target]
        for number, found in enumerate(nested, start=1):
            how = "around it" if found.around else "in its place"
            issue = f"[#{found.issue}]({_UPSTREAM}{found.issue})" if found.issue else ""
            cells = (f"`{name}`", str(number), f"`{found.ours}`", how, found.because, issue)
            rows.append(f"| {' | '.join(cells)} |")
    head = "| Function of MiniStack | # | Ours | Stands | Because | Upstream |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def signature_of(function: Callable[..., Any]) -> str:
    """Spell a parameter list without annotations and defaults."""
    parameters = [
        p.replace(annotation=inspect.Parameter.empty, default=inspect.Parameter.empty)
        for p in inspect.signature(function).parameters.values()
    ]
    return str(inspect.Signature(parameters))


def _difference(module: Module, name: str) -> str | None:
    """Say how a declared name, as it was before anybody replaced it, differs; None when not."""
    target, expected = f"{module.upstream_path}:{name}", module.upstream_names[name]
    original = _originals.setdefault(target, _find(module, name)[2])
    if original is _GONE:
        return f"{target} is gone"
    if not callable(original):
        kinds = [kind.__name__ for kind in type(original).__mro__]
        return None if expected in kinds else f"{target} is a {kinds[0]}, expected {expected}"
    actual = signature_of(original)
    return None if actual == expected else f"{target} takes {actual}, expected {expected}"


def _find(module: Module, name: str) -> tuple[Any, str, Any]:
    try:
        holder: Any = importlib.import_module(module.upstream_path)
    except ModuleNotFoundError:
        return None, name, _GONE
    owner, _, attribute = name.rpartition(".")
    if owner:
        holder = getattr(holder, owner, None)
    return holder, attribute, getattr(holder, attribute, _GONE)


def _note(
    module: Module,
    name: str,
    ours: Any,
    *,
    around: bool,
    because: str,
    issue: int | None,
) -> None:
    named = getattr(ours, "__qualname__", type(ours).__qualname__).partition(".<locals>")[0]
    named = f"{ours.__module__.removeprefix('sandbox.')}.{named}"
    _replacements.append(
        Replacement(f"{module.upstream_path}:{name}", named, around, because, issue)
    )
