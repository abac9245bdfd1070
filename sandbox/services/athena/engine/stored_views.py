"""Views as Glue keeps them: their query and their columns, in base64 of JSON in a comment."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.scopes import Columns
from sandbox.services.athena.engine.tables import GlueTable
from sandbox.services.athena.engine.types import TypeTextError, parse, widens

_VIEW = re.compile(r"/\*\s*Presto View:\s*(\S+)\s*\*/")


def stored_view(given: GlueTable) -> dict[str, Any]:
    """Read what Glue keeps of a view: base64 of JSON in a comment."""
    found = _VIEW.search(given.get("ViewOriginalText") or "")
    name = f"{given.get('DatabaseName')}.{given.get('Name')}"
    try:
        if found:
            stored: dict[str, Any] = json.loads(base64.b64decode(found[1], validate=True))
            if isinstance(stored.get("originalSql"), str) and isinstance(
                stored.get("columns"), list
            ):
                return stored
    except ValueError:
        pass
    raise AthenaError("INVALID_VIEW", f"Invalid view JSON: {name}")


def declared_columns(relation: str, stored: Mapping[str, Any]) -> Columns:
    """Read the columns that a view was stored with."""
    try:
        return [(str(c["name"]).lower(), parse(str(c["type"]))) for c in stored["columns"]]
    except (KeyError, TypeTextError) as error:
        raise AthenaError(
            "INVALID_VIEW", f"Unknown column type in view {relation}: {error}"
        ) from error


def refuse_stale(relation: str, declared: Columns, own: Columns, at: tuple[int, int]) -> None:
    """Refuse a view whose query yields other columns by now."""
    problem = _staleness(declared, own)
    if problem:
        message = f"View 'awsdatacatalog.{relation}' is stale or in invalid state: {problem}"
        raise AthenaError("VIEW_IS_STALE", message, *at)


def _staleness(declared: Columns, own: Columns) -> str | None:
    if len(declared) != len(own):
        return (
            f"stored view column count ({len(declared)}) does not match column count derived from "
            f"the view query analysis ({len(own)})"
        )
    for index, ((name, kind), (real, found)) in enumerate(zip(declared, own, strict=True)):
        projected = f"column [{real}] of type {found} projected from query view at position {index}"
        stored = f"column [{name}] of type {kind} stored in view definition"
        if name != real:
            return f"{projected} has a different name from {stored}"
        if not widens(found, kind):
            return f"{projected} cannot be coerced to {stored}"
    return None
