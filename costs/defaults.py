"""The settings that a new deployment gets, for figures that depend on them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "config" / "default.toml"


@cache
def defaults() -> Mapping[str, Any]:
    """Read every section of the default file."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
