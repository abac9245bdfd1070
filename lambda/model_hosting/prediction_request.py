"""A request for predictions, read strictly; what is wrong with one is told in one line. Pure."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

MOST_BYTES = 1_000_000
MOST_ROWS = 100
MOST_FEATURES = 500
LONGEST_TEXT = 1_000
LONGEST_KEY = 256
_VERSION = re.compile(r"v[1-9][0-9]{0,8}")
MEMBERS = ("rows", "key")
MODEL = "model"  # beside these, where an endpoint has many


class RefusedError(ValueError):
    """A request that cannot be answered; ``status`` is HTTP's, the text is the client's to read."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class PredictionRequest:
    """Rows by feature name, the key that holds a caller to one variant, the model if named."""

    rows: list[dict[str, Any]]
    key: str | None
    model: str | None = None

    def body(self) -> bytes:
        """Write what the endpoint is sent: an array of the rows."""
        return json.dumps(self.rows, allow_nan=False, ensure_ascii=True).encode()


def read_request(
    headers: Mapping[str, str], body: bytes, *, names_model: bool = False
) -> PredictionRequest:
    """Read a request; names of ``headers`` may be in any case.

    What features a row has to have is the model's to know: its handler says so, which is passed on.
    Reasons never hold a value of the request, which may be personal.

    Raises RefusedError with 400 for what is no such request, 406 and 415 for another type of
    content, 413 for more than is taken.
    """
    given = {name.lower(): value for name, value in headers.items()}
    _require_json(given.get("content-type", ""))
    _require_acceptance(given.get("accept", "*/*"))
    if len(body) > MOST_BYTES:
        _refuse(413, f"the body has {len(body)} bytes; allowed: {MOST_BYTES}; send fewer rows")
    found = _parse(body)
    allowed = {*MEMBERS, MODEL} if names_model else set(MEMBERS)
    if not isinstance(found, dict) or "rows" not in found or set(found) - allowed:
        _refuse(400, 'the body is no object of "rows" and, if you like, "key"; send no others')
    model = _model(found.get(MODEL)) if names_model else None
    return PredictionRequest(_rows(found["rows"]), _key(found.get("key")), model)


def _require_json(content_type: str) -> None:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = {p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")}
    if kind != "application/json" or charsets - {"utf-8"}:
        _refuse(415, "the content type is not application/json in UTF-8; send that")


def _require_acceptance(accept: str) -> None:
    for choice in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in choice.split(";"))
        is_json = kind in {"", "*/*", "application/*", "application/json"}
        if is_json and not any(p.replace(" ", "") in {"q=0", "q=0.0"} for p in parameters):
            return
    _refuse(406, "the answer is application/json, which Accept leaves out; ask for that")


def _parse(body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)
    except UnicodeDecodeError:
        _refuse(400, "the body is not UTF-8; send UTF-8")
    except RecursionError:
        _refuse(400, "the body is nested too deeply; send rows of plain values")
    except RefusedError:
        raise
    except ValueError:
        _refuse(400, "the body is not JSON; send a JSON object")


def _no_number(_name: str) -> Never:
    _refuse(400, "a number is NaN or infinite, which JSON has not; send null for what is missing")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse(400, "a name is there twice in one object; send it once")
    return found


def _rows(rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not rows:
        _refuse(400, '"rows" is no list of at least one row; send rows as a list of objects')
    if len(rows) > MOST_ROWS:
        _refuse(413, f"there are {len(rows)} rows; allowed: {MOST_ROWS}; send them in parts")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not 0 < len(row) <= MOST_FEATURES:
            _refuse(400, f"row {number} is no object of 1 to {MOST_FEATURES} features; send one")
        for value in row.values():
            if not _is_plain(value):
                _refuse(
                    400,
                    f"row {number} has a value that is no finite number, text of at most "
                    f"{LONGEST_TEXT} characters, true, false or null; send plain values",
                )
    return rows


def _is_plain(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and _is_text(value)
    if isinstance(value, int):
        return abs(value) <= 2**53  # beyond, a double is another number
    return isinstance(value, float) and math.isfinite(value)


def _key(key: Any) -> str | None:
    if key is None:
        return None
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY or not _is_text(key):
        _refuse(400, f'"key" is no text of 1 to {LONGEST_KEY} characters; send one, or none')
    return key


def _model(model: Any) -> str:
    if not isinstance(model, str) or not _VERSION.fullmatch(model):
        _refuse(400, '"model" is no version such as "v3"; send one that was approved')
    return model


def _is_text(value: str) -> bool:
    """Tell whether it is Unicode: JSON can escape half of a pair, which no encoder takes."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _refuse(status: int, reason: str) -> Never:
    raise RefusedError(status, reason)
