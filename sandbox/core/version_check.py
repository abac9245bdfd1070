"""Refuse to start on a MiniStack other than the one that the declarations were written for."""

from importlib.metadata import PackageNotFoundError, version

from sandbox.core import patching

EXPECTED = "1.5.33"


class ChangedError(Exception):
    """MiniStack is not what the plug-ins expect; the message names each difference."""


def check_version() -> None:
    """Raise unless exactly the pinned MiniStack is installed."""
    try:
        found = version("ministack")
    except PackageNotFoundError:
        found = "none"
    if found != EXPECTED:
        raise ChangedError(
            f"ministack {found} is installed, {EXPECTED} is needed; "
            "install it with: pip install -r sandbox/groups/core.txt"
        )


def check_names() -> None:
    """Raise when a declared name, signature, type or text of MiniStack has changed."""
    if differences := patching.differences():
        raise ChangedError(f"ministack changed under our hooks: {'; '.join(differences)}")
