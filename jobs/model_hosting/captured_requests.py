"""What SageMaker has captured of requests and answers, as rows; what is none, and why. Pure."""

import base64
import binascii
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runtime.columns import NUMBERS

LONGEST_REASON = 200
_JSON = "application/json"


class UnreadableRecordError(ValueError):
    """A record that is set aside; its text says why and holds nothing that was sent."""


@dataclass(frozen=True, slots=True)
class Captured:
    """One request: an id for the truth about it, when, rows by feature, a prediction of each."""

    event_id: str
    names: tuple[str, ...]
    at: datetime
    rows: tuple[Mapping[str, Any], ...]
    predictions: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What lines hold; ``refused`` are those lines and reasons, ``twice`` counts repetitions."""

    requests: tuple[Captured, ...]
    refused: tuple[tuple[str, str], ...]
    twice: int
    elsewhen: int


def read_lines(
    lines: Iterable[str], kinds: Mapping[str, str], since: datetime, until: datetime
) -> Read:
    """Read records of https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html.

    ``kinds`` are the kinds of the model's features by name. Records that were made before ``since``
    or from ``until`` on are counted and left out: a file may begin in one hour and end in the next.
    A record that comes twice counts once.
    """
    found, refused, twice, elsewhen = dict[str, Captured](), list[tuple[str, str]](), 0, 0
    for line in lines:
        if not line.strip():
            continue
        try:
            request = read_record(line, kinds)
        except UnreadableRecordError as error:
            refused.append((line, str(error)[:LONGEST_REASON]))
            continue
        if not since <= request.at < until:
            elsewhen += 1
        elif request.event_id in found:
            twice += 1
        else:
            found[request.event_id] = request
    return Read(tuple(found.values()), tuple(refused), twice, elsewhen)


def read_record(line: str, kinds: Mapping[str, str]) -> Captured:
    """Read one record; raises UnreadableRecordError."""
    record = _object(line, "the record")
    data, meta = record.get("captureData"), record.get("eventMetadata")
    if not isinstance(data, dict) or not isinstance(meta, dict):
        raise UnreadableRecordError("it has no captureData or no eventMetadata")
    event_id, at = meta.get("eventId"), _moment(meta.get("inferenceTime"))
    if not isinstance(event_id, str) or not event_id:
        raise UnreadableRecordError("it has no eventId")
    rows = [_row(row, kinds) for row in _rows(_body(data, "endpointInput"))]
    answer = _body(data, "endpointOutput")
    told = answer.get("predictions") if isinstance(answer, dict) else answer
    if not isinstance(told, list) or len(told) != len(rows):
        raise UnreadableRecordError("its answer has not one prediction a row")
    own = meta.get("inferenceId")
    names = (event_id, own) if isinstance(own, str) and own else (event_id,)
    return Captured(event_id, names, at, tuple(rows), tuple(map(_score, told)))


def _body(data: Mapping[str, Any], part: str) -> Any:
    found = data.get(part)
    if not isinstance(found, dict) or not isinstance(found.get("data"), str):
        raise UnreadableRecordError(f"it has no {part}: capture input and output both")
    kind = str(found.get("observedContentType", "")).partition(";")[0].strip().lower()
    if kind != _JSON:
        raise UnreadableRecordError(f"its {part} is no {_JSON}")
    text: str = found["data"]
    if found.get("encoding") == "BASE64":
        try:
            text = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise UnreadableRecordError(f"its {part} is no text in base64") from None
    return _parsed(text, f"its {part}")


def _rows(body: Any) -> Iterator[Any]:
    yield from body if isinstance(body, list) else [body]


def _row(row: Any, kinds: Mapping[str, str]) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise UnreadableRecordError("a row is no object")
    if absent := [name for name in kinds if name not in row]:
        raise UnreadableRecordError(f"a row lacks the feature {absent[0]}")
    return {name: _cell(row[name], name, kind) for name, kind in kinds.items()}


def _cell(value: Any, name: str, kind: str) -> Any:
    if value is None:
        return None
    if kind not in NUMBERS:
        if isinstance(value, str):
            return value
        raise UnreadableRecordError(f"{name} is no text")
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise UnreadableRecordError(f"{name} is no number")
    return float(value)


def _score(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UnreadableRecordError("a prediction is no number")
    return float(value)


def _moment(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise UnreadableRecordError("its inferenceTime is no time") from None
    if found.tzinfo is None:
        raise UnreadableRecordError("its inferenceTime has no zone")
    return found


def _object(text: str, told: str) -> dict[str, Any]:
    found = _parsed(text, told)
    if not isinstance(found, dict):
        raise UnreadableRecordError(f"{told} is no object")
    return found


def _parsed(text: str, told: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableRecordError(f"{told} is no JSON") from None
