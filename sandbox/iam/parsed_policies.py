"""Policies are parsed once each, not at every call that they are weighed for."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import iam_evaluator


def install() -> None:
    """Remember what was parsed, by the text of the policy."""
    patching.wrap(
        iam_evaluator,
        "parse_policy_document",
        _once,
        because="each call weighs all policies of a role, which seldom change",
    )


def _once(parse: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    known = lru_cache(maxsize=4096)(parse)
    return lambda document: list(known(document) if isinstance(document, str) else parse(document))
