"""Rows, by name or in a file's order, made what a model takes: as its signature says. Pure."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_training.refused_requests import bad_request
from model_training.signature import COUNT, Signature
from model_training.values import (
    LARGEST,
    RULES,
    MissingValueError,
    WrongValueError,
    of_cell,
    of_cells,
    of_value,
)

Floats = NDArray[np.float32]
Convert = Callable[[Any], float]
MOST_REFUSED = 100_000  # rows of a request


class Refused(dict[int, str]):
    """Reasons by the places of rows, as many as an answer has room for.

    Two bytes may be a row, and what is told of it has hundreds. Raises RefusedRequestError, 400,
    for one row more, unless it ``has_room``: a job has one request at a time, and looks at each.
    """

    def __init__(self, *, has_room: bool = False) -> None:
        super().__init__()
        self._has_room = has_room

    def __setitem__(self, place: int, reason: str) -> None:
        """Tell why a row is refused."""
        super().__setitem__(place, reason)
        if len(self) > MOST_REFUSED and not self._has_room:
            first = min(self)
            raise bad_request(f"row {first + 1}: {self[first]} ({MOST_REFUSED} more are refused)")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in the model's order, NaN what is missing; ``refused`` has reasons by place."""

    floats: Floats
    refused: Mapping[int, str]


class RowPlan:
    """What is done with each column of a signature, told once."""

    def __init__(self, signature: Signature) -> None:
        self.names = signature.names
        features = signature.features
        self._values = [(each.name, of_value(each)) for each in features]
        self._cells = {each.name: of_cell(each) for each in features}
        self._columns = {each.name: of_cells(each) for each in features}
        self._places = {each.name: place for place, each in enumerate(features)}
        self._counts = [place for place, each in enumerate(features) if each.kind == COUNT]
        self._rules = {each.name: RULES[each.kind] for each in features}

    def of_objects(self, rows: Sequence[Any], refused: Refused | None = None) -> Rows:
        """Take rows of JSON, each an object with all columns by name, in whatever order.

        ``refused`` are rows that are known to be none, by their place.
        """
        found = Refused() if refused is None else refused
        floats = self._empty(len(rows))
        width = len(self.names)
        for place, row in enumerate(rows):
            if place in found:
                continue
            try:
                taken = [convert(row[name]) for name, convert in self._values]
            except (KeyError, TypeError, WrongValueError):
                found[place] = self._wrong_object(row)
                continue
            if len(row) == width:
                floats[place] = taken
            else:
                found[place] = self._wrong_object(row)
        return Rows(floats, found)

    def of_cells(
        self,
        header: Sequence[str] | None,
        rows: Sequence[Sequence[str]],
        refused: Refused | None = None,
    ) -> Rows:
        """Take rows of CSV; without a header they are in the signature's order.

        ``refused`` are rows that are known to be none, by their place. Raises
        RefusedRequestError, 400, for a header that does not name all columns once.
        """
        names = self.names if header is None else self._header(header)
        good = None if refused else self._by_column(names, rows)
        if good is not None:
            return Rows(good, {})
        found = Refused() if refused is None else refused
        floats = self._empty(len(rows))
        order = [names.index(name) for name in self.names]
        converts = [self._cells[name] for name in self.names]
        for place, row in enumerate(rows):
            if place in found:
                continue
            try:
                if len(row) == len(names):
                    floats[place] = [
                        convert(row[at]) for convert, at in zip(converts, order, strict=True)
                    ]
                    continue
            except WrongValueError:
                pass
            found[place] = self._wrong_cells(names, row)
        if header is None and rows and set(rows[0]) == set(names):
            found[0] += "; a header is told by header=present in the content type"
        return Rows(floats, found)

    def _by_column(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Floats | None:
        """Take good rows a column at a time, which is quicker; None if one of them is not."""
        if set(map(len, rows)) != {len(names)}:
            return None
        found = np.empty((len(rows), len(names)), np.float64)
        try:
            for name, cells in zip(names, zip(*rows, strict=True), strict=True):
                found[:, self._places[name]] = self._columns[name](cells)
        except (ValueError, KeyError):
            return None
        counts = found[:, self._counts]
        # Of what is missing nothing of this is true.
        is_wrong = (np.abs(found) > LARGEST).any() or (counts < 0).any()
        if is_wrong or (np.floor(counts) < counts).any():
            return None
        return found.astype(np.float32)

    def _empty(self, rows: int) -> Floats:
        return np.full((rows, len(self.names)), math.nan, np.float32)

    def _header(self, header: Sequence[str]) -> Sequence[str]:
        if len(set(header)) < len(header):
            raise bad_request("the header has a column more than once")
        if difference := self._difference(header):
            raise bad_request(f"the header does not fit: {difference}")
        return header

    def _difference(self, there: Any) -> str:
        """Say which columns lack, and how many are none: their names are the client's own."""
        absent = [name for name in self.names if name not in there]
        others = sum(1 for name in there if name not in self._places)
        told = [f"it has no {', '.join(absent)}"] if absent else []
        told += [f"{others} of its columns the model does not have"] if others else []
        return "; ".join(told)

    def _wrong_object(self, row: Any) -> str:
        if type(row) is not dict:
            return "a row has to be an object, with the columns by name"
        return self._difference(row) or self._wrong_value(
            (name, convert, row[name]) for name, convert in self._values
        )

    def _wrong_cells(self, names: Sequence[str], row: Sequence[str]) -> str:
        if len(row) != len(names):
            return f"it has {len(row)} cells, and there are {len(names)} columns"
        return self._wrong_value(
            (name, self._cells[name], cell) for name, cell in zip(names, row, strict=True)
        )

    def _wrong_value(self, values: Iterable[tuple[str, Convert, Any]]) -> str:
        """Say which is the first that its column does not take, and why."""
        for name, convert, value in values:
            try:
                convert(value)
            except MissingValueError:
                return f"column {name}: it is missing, and may not be"
            except WrongValueError:
                return f"column {name}: {self._rules[name]}"
        raise AssertionError("a row is refused in which nothing is wrong")
