"""Rows that travel with a model, and what it told of them: ``known_rows.json``. Pure."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model_training.signature import Signature, SignatureError, members, read_object, typed

FILE = "known_rows.json"
TOLERANCE = 1e-6
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KnownRows:
    """Rows as a request has them, what the model told of each, and how far it may be off."""

    rows: tuple[Row, ...]
    predictions: tuple[float, ...]
    tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        """Raise SignatureError for rows that prove nothing."""
        if not self.rows:
            raise SignatureError(f"{FILE} has no row; a model is known by at least one")
        if len(self.rows) != len(self.predictions):
            raise SignatureError(
                f"{FILE} has {len(self.rows)} rows and {len(self.predictions)} predictions"
            )
        if not all(map(math.isfinite, self.predictions)):
            raise SignatureError(f"{FILE} has a prediction that is not finite")
        if not 0 < self.tolerance < 1:
            raise SignatureError(f"{FILE}: the tolerance is {self.tolerance}, not between 0 and 1")

    def document(self) -> bytes:
        """Write them."""
        content = {
            "rows": [dict(row) for row in self.rows],
            "predictions": list(self.predictions),
            "tolerance": self.tolerance,
        }
        return json.dumps(content, indent=1, ensure_ascii=True, allow_nan=False).encode()

    def difference(self, told: Sequence[float]) -> str | None:
        """Say how far predictions of these rows are from what is known; None if near enough."""
        if len(told) != len(self.predictions):
            return f"{len(told)} predictions of {len(self.predictions)} known rows"
        off = [abs(one - other) for one, other in zip(told, self.predictions, strict=True)]
        # What is no number is not near anything, either.
        if all(each <= self.tolerance for each in off):
            return None
        wrong = [place for place, each in enumerate(off) if not each <= self.tolerance]
        first = wrong[0]
        return (
            f"{len(wrong)} of {len(off)} known rows are off by more than "
            f"{self.tolerance:g}: row {first} is {told[first]:.9g}, and was "
            f"{self.predictions[first]:.9g} when the model was trained"
        )


def read_known_rows(document: bytes, signature: Signature) -> KnownRows:
    """Read them; raises SignatureError for rows that have not exactly the model's columns."""
    found = members(read_object(document, FILE), FILE, ("rows", "predictions", "tolerance"))
    rows = [typed(row, dict, f"{FILE}: a row") for row in typed(found["rows"], list, "rows")]
    for place, row in enumerate(rows):
        members(row, f"{FILE}: row {place}", signature.names)
    predictions = [_number(each) for each in typed(found["predictions"], list, "predictions")]
    return KnownRows(tuple(rows), tuple(predictions), _number(found["tolerance"]))


def library_difference(trained: Mapping[str, str], there: Mapping[str, str]) -> str | None:
    """Say which packages are of another release than those that trained; None if none is."""
    wrong = [
        f"{name} is {there.get(name, 'not there')}, and was {release} when the model was trained"
        for name, release in sorted(trained.items())
        if there.get(name) != release
    ]
    return "; ".join(wrong) or None


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignatureError(f"{FILE}: {value!r:.60} is no number")
    return float(value)
