"""What a model tells of rows, written as JSON, JSON Lines or CSV, in the rows' order. Pure."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model_training.media_types import CSV, JSON, AnswerForm
from model_training.refused_requests import bad_request


@dataclass(frozen=True, slots=True)
class Predictions:
    """A number for each row; of the ``refused`` ones, by their place, the reason stands for it."""

    values: Sequence[float]
    refused: Mapping[int, str]


def body_of(predictions: Predictions, form: AnswerForm) -> bytes:
    """Write them; raises RefusedRequestError, 400, for refused rows that it has no place for."""
    if predictions.refused and not form.tells_refused:
        place, reason = min(predictions.refused.items())
        more = len(predictions.refused) - 1
        others = f" ({more} more of {len(predictions.values)} rows are refused)" if more else ""
        raise bad_request(f"row {place + 1}: {reason}{others}")
    # The shortest text that is exactly the number, which JSON reads as well.
    told = list(map(repr, predictions.values))
    if form.kind == JSON:
        return f'{{"predictions": [{", ".join(told)}]}}'.encode()
    if form.kind == CSV and form.tells_refused:
        return _rows_with_reasons(told, predictions.refused)
    if form.kind == CSV:
        return "".join(f"{each}\n" for each in told).encode()
    lines = [f'{{"prediction": {each}}}\n' for each in told]
    for place, reason in predictions.refused.items():
        lines[place] = json.dumps({"error": reason}) + "\n"
    return "".join(lines).encode()


def _rows_with_reasons(told: Sequence[str], refused: Mapping[int, str]) -> bytes:
    """Write two cells a row, always: the prediction and the reason, of which one is empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows(
        ("", refused[place]) if place in refused else (value, "")
        for place, value in enumerate(told)
    )
    return file.getvalue().encode()
