"""Records of a stream: which data set each is of, and its line in that one's files. Pure."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data_lake.contract import DATASET, Contract
from data_lake.reasons import Reason

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


MESSAGE = "base64"  # beside the data set's name and nothing else: a message of a device, as it was


class RefusedError(ValueError):
    """A record that belongs to no data set, as far as anybody can tell."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Streamed:
    """A record: its data set, and its line, without an end, in the encoding of the contract."""

    dataset: str
    line: bytes


def streamed(data: bytes, contracts: Mapping[str, Contract]) -> Streamed:
    """Find the data set that a record names. Raises RefusedError.

    Nothing else is judged, and nothing changed but line ends: a contract judges what was sent.
    """
    try:
        text = data.decode("utf-8").strip(" \t\r\n")
    except UnicodeDecodeError:
        raise RefusedError(Reason.NOT_TEXT) from None
    members = _members(text)
    named = [value for name, value in members if name == DATASET]
    if len(named) != 1 or not isinstance(named[0], str):
        raise RefusedError(Reason.MALFORMED)
    contract = contracts.get(named[0])
    if contract is None:
        raise RefusedError(Reason.NO_SUCH_DATASET)
    if sorted(name for name, _ in members) == [MESSAGE, DATASET]:
        text = _message(dict(members)[MESSAGE])
    if not text:  # as a line it would be none
        raise RefusedError(Reason.MALFORMED)
    # A line end can stand between values only: in a text it is written otherwise.
    line = text.replace("\r", " ").replace("\n", " ")
    if contract.encoding != "utf-8":  # which is one that has all of ASCII
        line = _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], line)
    return Streamed(contract.dataset, line.encode("utf-8"))


def _message(packed: Any) -> str:
    try:
        return base64.b64decode(packed, validate=True).decode("utf-8").strip(" \t\r\n")
    except UnicodeDecodeError:
        raise RefusedError(Reason.NOT_TEXT) from None
    except (TypeError, ValueError):
        raise RefusedError(Reason.MALFORMED) from None


def _members(text: str) -> list[tuple[str, Any]]:
    """Give names and values of an object, twice named ones too; numbers as texts, of any length."""
    if not text.startswith("{"):
        raise RefusedError(Reason.MALFORMED)
    try:
        return list(json.loads(text, object_pairs_hook=list, parse_int=str, parse_float=str))
    except (ValueError, RecursionError):
        raise RefusedError(Reason.MALFORMED) from None
