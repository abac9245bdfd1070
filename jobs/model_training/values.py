"""What a column takes, as values of JSON and as cells of CSV, and what a model sees. Pure."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from model_training.signature import CATEGORY, COUNT, FLAG, MISSING, NUMBER, Feature

LARGEST = float(np.finfo(np.float32).max)  # xgboost's trees compare 32 bits; more is infinite
RULES = {
    NUMBER: "a number has to be finite, as JSON writes it",
    COUNT: "a count has to be a whole number from 0 on",
    FLAG: "a flag has to be true or false",
    CATEGORY: "a category has to be one that the model was trained with",
}
_NAN = math.nan
# ASCII only, which `float` and `\d` are not.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMBERS = re.compile(r"[0-9+\-.eE]*")  # what no word is of that `float` takes
_FLAGS = {"true": 1.0, "1": 1.0, "false": 0.0, "0": 0.0}


class WrongValueError(Exception):
    """A value that its column does not take."""


class MissingValueError(WrongValueError):
    """No value where there has to be one."""


def of_value(feature: Feature) -> Callable[[Any], float]:
    """Make what turns a value of JSON into a float, or raises WrongValueError."""
    missing, known = _missing(feature), _known(feature)

    def number(value: Any) -> float:
        kind = type(value)
        if (kind is float or kind is int) and -LARGEST <= value <= LARGEST:
            return value  # type: ignore[no-any-return]  # its type has just been looked at
        if value is None:
            return missing()
        raise WrongValueError

    def count(value: Any) -> float:
        kind = type(value)
        if kind is int or (kind is float and value.is_integer()):
            if 0 <= value <= LARGEST:
                return value  # type: ignore[no-any-return]  # its type has just been looked at
        elif value is None:
            return missing()
        raise WrongValueError

    def flag(value: Any) -> float:
        if value is True:
            return 1.0
        if value is False:
            return 0.0
        if value is None:
            return missing()
        raise WrongValueError

    def category(value: Any) -> float:
        if type(value) is str:
            return known(value)
        if value is None:
            return missing()
        raise WrongValueError

    return {NUMBER: number, COUNT: count, FLAG: flag, CATEGORY: category}[feature.kind]


def of_cell(feature: Feature) -> Callable[[str], float]:
    """Make what turns a cell of CSV into a float; one without anything in it is missing."""
    missing, known = _missing(feature), _known(feature)
    is_number = _NUMBER.fullmatch

    def number(cell: str) -> float:
        if is_number(cell) and -LARGEST <= (value := float(cell)) <= LARGEST:
            return value
        raise WrongValueError

    def count(cell: str) -> float:
        if (value := number(cell)) >= 0 and value.is_integer():
            return value
        raise WrongValueError

    def flag(cell: str) -> float:
        if cell in _FLAGS:
            return _FLAGS[cell]
        raise WrongValueError

    take = {NUMBER: number, COUNT: count, FLAG: flag, CATEGORY: known}[feature.kind]
    return lambda cell: take(cell) if cell else missing()


def of_cells(feature: Feature) -> Callable[[Sequence[str]], Sequence[float]]:
    """Make what turns a whole column into floats, several times as quick as one cell at a time.

    Raises ValueError or KeyError if it does not take all of them. Whether numbers are within
    bounds, and counts are whole, is left to who has all columns.
    """
    if feature.kind in (NUMBER, COUNT):
        return lambda cells: _floats(cells, nullable=feature.nullable)
    places = _FLAGS if feature.kind == FLAG else _places(feature)
    if feature.nullable:
        places = {**places, "": _NAN}
    if feature.unknown == MISSING:
        return lambda cells: [places.get(cell, _NAN) for cell in cells]
    return lambda cells: list(map(places.__getitem__, cells))


def _floats(cells: Sequence[str], *, nullable: bool) -> Sequence[float]:
    if not _NUMBERS.fullmatch("".join(cells)):
        raise ValueError
    if nullable and "" in cells:
        return [float(cell) if cell else _NAN for cell in cells]
    return list(map(float, cells))


def _missing(feature: Feature) -> Callable[[], float]:
    def refused() -> float:
        raise MissingValueError

    return (lambda: _NAN) if feature.nullable else refused


def _known(feature: Feature) -> Callable[[str], float]:
    """Make what gives a category's place; of another, what the signature's rule says."""
    places = _places(feature)
    if feature.unknown == MISSING:
        return lambda category: places.get(category, _NAN)

    def known(category: str) -> float:
        try:
            return places[category]
        except KeyError:
            raise WrongValueError from None

    return known


def _places(feature: Feature) -> dict[str, float]:
    return {name: float(place) for place, name in enumerate(feature.categories)}
