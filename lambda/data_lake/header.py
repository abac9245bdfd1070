"""Which column of a file is which of its contract."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data_lake.contract import Contract
from data_lake.line_texts import LineTexts, cells_of
from data_lake.reasons import FileReason, SetAside

SHOWN = 5
LONG_HEADER = (FileReason.WRONG_HEADER, "its first line is longer than a block")


@dataclass(frozen=True, slots=True)
class Header:
    """``places`` has, for each column of the contract, its index in the file; None where absent."""

    places: tuple[int | None, ...]
    width: int
    added: tuple[str, ...]


def header_in(lines: LineTexts, contract: Contract) -> Header:
    """Read the first line of a file of CSV; raises SetAside."""
    try:
        names = cells_of(lines.text.partition("\n")[0], contract.delimiter)
    except csv.Error:
        told = "its first line is no line of CSV"
        raise SetAside(FileReason.WRONG_HEADER, told) from None
    return header_of(names, contract)


def header_of(names: Sequence[str], contract: Contract) -> Header:
    """Find a contract's columns by name, in any order and case, as Athena compares names.

    Columns that the contract does not have are told and left out. Raises SetAside where a column
    that has to be there is not, or two cannot be told apart.
    """
    found = [name.strip().lower() for name in names]
    if twice := sorted(name for name, times in Counter(found).items() if times > 1 and name):
        raise SetAside(FileReason.AMBIGUOUS_HEADER, f"more than once: {_told(twice)}")
    places = tuple(
        found.index(column.name) if column.name in found else None for column in contract.columns
    )
    absent = [
        column.name
        for column, place in zip(contract.columns, places, strict=True)
        if place is None and column.required
    ]
    if absent:
        raise SetAside(FileReason.WRONG_HEADER, f"not there: {_told(absent)}")
    known = {column.name for column in contract.columns}
    return Header(places, len(found), tuple(sorted(set(found) - known - {""})))


def _told(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
