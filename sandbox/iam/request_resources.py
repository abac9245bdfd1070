"""Which resource a request is about, for services of which the emulator tells IAM "any"."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import iam_actions

# From an action and its request to an ARN, or to the end of one, such as ``workgroup/reports``.
Find = Callable[[str, Mapping[str, Any]], str | None]
_finders: dict[str, Find] = {}
_instead: set[str] = set()


def install() -> None:
    """Ask the services that were told of where the emulator's answer is "any", or is wrong."""
    patching.wrap(
        iam_actions,
        "extract_resource_arn",
        _found,
        because="a request of Athena, SQS, Transcribe or Translate is about one resource, not any",
    )


def tell(service: str, find: Find, *, instead: bool = False) -> None:
    """Judge requests of a JSON service by the resource that ``find`` names, where it names one.

    It is asked where the emulator knows none; with ``instead``, always.
    """
    _finders[service] = find
    if instead:
        _instead.add(service)


def _found(original: Callable[..., str]) -> Callable[..., str]:
    def arn(name: str, method: str, path: str, headers: Any, body: Any, *rest: Any) -> str:
        known = original(name, method, path, headers, body, *rest)
        find = _finders.get(name)
        if find is None or (known != "*" and name not in _instead):
            return known
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            return known
        if not isinstance(request, dict):
            return known
        found = find(headers.get("x-amz-target", "").rpartition(".")[2], request)
        *_, region, account = rest
        if not found or found.startswith("arn:"):
            return found or known
        return f"arn:{PARTITION}:{name}:{region}:{account}:{found}"

    return arn
