"""Which properties of a template's resource nobody read: those would be silently dropped."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Watched(dict[str, Any]):
    """A dict that remembers which of its keys were read, or that it was taken as a whole."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__({key: _watch(value) for key, value in content.items()})
        self.read: set[str] = set()
        self.whole = False

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Read one key."""
        self.read.add(key)
        return super().get(key, default)

    def pop(self, key: str, *default: Any) -> Any:
        """Read one key, and remove it."""
        self.read.add(key)
        return super().pop(key, *default)

    def __iter__(self) -> Iterator[str]:
        self.whole = True
        return super().__iter__()

    def keys(self) -> Any:
        """Take all of it."""
        self.whole = True
        return super().keys()

    def values(self) -> Any:
        """Take all of it."""
        self.whole = True
        return super().values()

    def items(self) -> Any:
        """Take all of it."""
        self.whole = True
        return super().items()

    def copy(self) -> dict[str, Any]:
        """Take all of it."""
        self.whole = True
        return dict(super().items())

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        self.whole = True
        return {key: copy.deepcopy(value, memo) for key, value in super().items()}

    def __reduce__(self) -> Any:
        return dict, (list(self.items()),)

    def unread(self) -> dict[str, Any]:
        """Map the path of each property that nobody read to its value.

        A value that was read and not looked into counts as carried: it was stored as it is.
        """
        if self.whole:
            return {}
        found: dict[str, Any] = {}
        for key, value in super().items():
            if key not in self.read:
                found[key] = value
            else:
                found |= {f"{key}{path}": lost for path, lost in _inside(value).items()}
        return found


def _watch(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Watched(value)
    if isinstance(value, list):
        return [_watch(item) for item in value]
    return value


def _inside(value: Any) -> dict[str, Any]:
    if isinstance(value, Watched):
        if not value.read:
            return {}
        return {f".{path}": lost for path, lost in value.unread().items()}
    if isinstance(value, list):
        lost_in = [_inside(item) for item in value]
        return {f"[]{path}": lost for lost in lost_in for path, lost in lost.items()}
    return {}


def plain(value: Any) -> Any:
    """Copy a value without the watch, and without counting as a reader."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in dict.items(value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def read_at_deletion(name: str) -> Callable[..., None]:
    """Vouch for a property that the emulator carries out only when it deletes the resource."""

    def vouch(_id: str, properties: Mapping[str, Any], _attributes: Mapping[str, Any]) -> None:
        properties.get(name)

    return vouch
