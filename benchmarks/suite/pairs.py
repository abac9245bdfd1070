"""Which test of one commit is which of another: by its name, whatever file it moved to. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Pairs:
    """Tests that both sides have, as ids of each side in the same order, and what is left over."""

    before: Sequence[str]
    after: Sequence[str]
    gone: Sequence[str]
    new: int

    @classmethod
    def of(cls, before: Iterable[str], after: Iterable[str]) -> "Pairs":
        """Pair ids of the same name: in the same file first, in one called so, then in any."""
        pairs: list[tuple[str, str]] = []
        left, right = list(before), list(after)
        for key in (str, _file_and_name, name_of):
            found = _paired(left, right, key)
            taken = {one for one, _ in found}, {other for _, other in found}
            left = [one for one in left if one not in taken[0]]
            right = [other for other in right if other not in taken[1]]
            pairs += found
        pairs.sort()
        return cls([one for one, _ in pairs], [other for _, other in pairs], left, len(right))

    @property
    def names(self) -> list[str]:
        """The names of the tests that both sides have."""
        return [name_of(one) for one in self.before]


def name_of(nodeid: str) -> str:
    """Read a test's name, with its parameters, out of its id."""
    return nodeid.partition("::")[2]


def digest(names: Iterable[str]) -> str:
    """Hash names, in whatever order they are given."""
    return sha256("\n".join(sorted(names)).encode()).hexdigest()


def _file_and_name(nodeid: str) -> str:
    file, _, name = nodeid.partition("::")
    return f"{PurePosixPath(file).name}::{name}"


def _paired(
    left: Iterable[str], right: Iterable[str], key: Callable[[str], str]
) -> list[tuple[str, str]]:
    sides: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, ids in enumerate((left, right)):
        for nodeid in ids:
            sides[key(nodeid)][side].append(nodeid)
    # As many as the side has that has fewer: what is left over waits for the next key.
    return [pair for both in sides.values() for pair in zip(*both, strict=False)]
