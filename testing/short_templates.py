"""CloudFormation as people write it: YAML with the short forms of functions."""

from pathlib import Path
from typing import Any

import yaml

# A loader of our own, or whoever else reads YAML here would read ``!Sub`` too.
_Loader: Any = type("_Loader", (yaml.SafeLoader,), {})


def _function(loader: Any, name: str, node: Any) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name == "Ref" else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _function)


def read_short(path: Path) -> Any:
    """Read one file."""
    return yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 (a safe loader of ours)
