"""What jobs import as ``awsglue``: the arguments; all else of it is refused by name."""

import argparse
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any, NoReturn


class GlueArgumentError(Exception):
    """An argument of the job is missing."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises where Python's own ends the program."""

    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(message)


def get_resolved_options(args: Sequence[str], options: Sequence[str]) -> dict[str, str]:
    """Read the named job arguments, without their dashes; Glue's own are there beside."""
    parser = _Parser(allow_abbrev=False, add_help=False)
    for name in options:
        parser.add_argument(f"--{name}", dest=name.replace("-", "_"), required=True)
    for name in ("JOB_NAME", "JOB_RUN_ID", "TempDir"):
        if name not in options:
            parser.add_argument(f"--{name}", default=argparse.SUPPRESS)
    found, _ = parser.parse_known_args(list(args)[1:])
    return vars(found)


class _Refusing(importlib.abc.MetaPathFinder):
    """Stops an import of what only Glue has."""

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find nothing, and say so."""
        if name.startswith("awsglue."):
            raise NotImplementedError(
                f"the sandbox has no {name}: jobs use Spark's own DataFrames here, "
                "and of awsglue only awsglue.utils.getResolvedOptions"
            )
        return None


def offer() -> None:
    """Let the script that runs next import it."""
    package, utils = types.ModuleType("awsglue"), types.ModuleType("awsglue.utils")
    package.__path__ = []
    vars(utils).update(getResolvedOptions=get_resolved_options, GlueArgumentError=GlueArgumentError)
    vars(package).update(utils=utils)
    sys.modules.update({"awsglue": package, "awsglue.utils": utils})
    sys.meta_path.insert(0, _Refusing())
