"""What a role may do, as plain data: the stack knows which resource is meant. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal, Self

Bucket = Literal["Inbox", "Results"]


@dataclass(frozen=True, slots=True)
class Access:
    """Objects that are read and written; prefixes, such as ``work/``, are of the results bucket.

    Who looks for what may not be there ``needs_list_bucket`` of that bucket: to others S3 says 403
    and not 404.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    reads_inbox: bool = False
    needs_list_bucket: tuple[Bucket, ...] = ()

    @classmethod
    def union(cls, parts: Iterable[Self]) -> Self:
        """Take what any of these take, each once."""
        parts = list(parts)
        return cls(
            reads=tuple(dict.fromkeys(chain(*(part.reads for part in parts)))),
            writes=tuple(dict.fromkeys(chain(*(part.writes for part in parts)))),
            reads_inbox=any(part.reads_inbox for part in parts),
            needs_list_bucket=tuple(dict.fromkeys(chain(*(p.needs_list_bucket for p in parts)))),
        )


NO_ACCESS = Access()


@dataclass(frozen=True, slots=True)
class OnTable:
    """Actions on the items of a table, known by its name in definitions, such as ``Callbacks``."""

    table: str
    action: str


@dataclass(frozen=True, slots=True)
class OnResource:
    """An action on a resource of this account and Region, as in ``translate``, ``terminology/x``.

    A resource that ends in a wildcard says why in ``because``.
    """

    action: str
    service: str
    resource: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class PassRole:
    """Handing a role, known by its name in definitions, to a service such as ``transcribe``."""

    role: str
    service: str


@dataclass(frozen=True, slots=True)
class Unscoped:
    """Actions that AWS cannot tie to a resource, in a policy of that name, and why it cannot."""

    policy: str
    actions: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class OnKey:
    """Actions on the customer's key, by way of a service such as ``transcribe``."""

    actions: tuple[str, ...]
    service: str


Right = OnTable | OnResource | OnKey | PassRole | Unscoped
