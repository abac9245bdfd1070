"""The rules of this folder: each module that has a ``RULE``."""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from guardrails.ml_lens.rule import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order of their modules' names."""
    package = __name__.rpartition(".")[0]
    names = sorted(found.name for found in iter_modules([str(Path(__file__).parent)]))
    modules = [import_module(f"{package}.{name}") for name in names]
    return tuple(module.RULE for module in modules if hasattr(module, "RULE"))
