"""A body of JSON, JSON Lines or CSV, read into rows that a plan makes floats of. Pure."""

import csv
import io
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from model_training.media_types import CSV, JSON, BodyForm
from model_training.refused_requests import RefusedRequestError, bad_request
from model_training.row_plan import Refused, RowPlan, Rows

MOST_BYTES = 6 * 1024 * 1024  # of a body: what AWS's XGBoost image takes unless told otherwise


@dataclass(frozen=True, slots=True)
class Request:
    """A body as text, and the form that its content type names."""

    text: str
    form: BodyForm


class _DuplicateError(ValueError):
    """An object with a name twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DuplicateError
    return found


def _refuse(constant: str) -> Any:
    raise _ConstantError


class _ConstantError(ValueError):
    """NaN or an infinity, which Python's reader takes and JSON does not have."""


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse)
_REASONS: dict[type[BaseException], str] = {
    _DuplicateError: "it has a column more than once",
    _ConstantError: "NaN and Infinity are no numbers of JSON; null is missing",
    RecursionError: "it is nested too deep; a row has values, and no arrays or objects",
}


def request_of(body: bytes | str, form: BodyForm) -> Request:
    """Take a body; raises RefusedRequestError, 413 or 400, for one that is too large, or no text.

    A mark of UTF-8 before it is no part of it.
    """
    if len(body) > MOST_BYTES:
        raise RefusedRequestError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body may have {MOST_BYTES} bytes at most"
        )
    try:
        text = body if isinstance(body, str) else str(body, "utf-8")
    except UnicodeDecodeError:
        raise bad_request("the body is not UTF-8") from None
    text = text.removeprefix("\ufeff")
    if not text or text.isspace():
        raise bad_request("the body is empty")
    return Request(text, form)


def rows_of(request: Request, plan: RowPlan) -> Rows:
    """Read all rows; raises RefusedRequestError, 400, if there are none, or nobody could tell them.

    JSON has an object for one row, and an array of objects for any number.
    """
    if request.form.kind == CSV and request.form.by_line and not request.form.has_header:
        return _of_csv_lines(request.text, plan)
    if request.form.kind == CSV:
        return _of_csv(request.text, plan, has_header=request.form.has_header)
    if request.form.kind == JSON:
        return _of_json(request.text, plan)
    return _of_lines(request.text, plan, Refused(has_room=request.form.by_line))


def _of_json(text: str, plan: RowPlan) -> Rows:
    try:
        content = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise bad_request(_reason(error)) from None
    rows = content if isinstance(content, list) else [content]
    if not rows:
        raise bad_request("the array has no row")
    return plan.of_objects(rows)


def _of_lines(text: str, plan: RowPlan, refused: Refused) -> Rows:
    rows: list[Any] = []
    for place, line in enumerate(_lines(text)):
        try:
            rows.append(_DECODER.decode(line))
        except (ValueError, RecursionError) as error:
            rows.append(None)
            refused[place] = _reason(error)
    return plan.of_objects(rows, refused)


def _of_csv(text: str, plan: RowPlan, *, has_header: bool) -> Rows:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise bad_request(
            "the body is no CSV: a quote is not closed, or stands in a cell"
        ) from None
    header = rows.pop(0) if has_header else None
    found = plan.of_cells(header, rows)
    if not rows:
        raise bad_request("there is a header, and no row")
    return found


def _of_csv_lines(text: str, plan: RowPlan) -> Rows:
    """Take each line for a row, as a job does that has parted them: a bad one spoils no other."""
    rows: list[list[str]] = []
    refused = Refused(has_room=True)
    for place, line in enumerate(_lines(text)):
        row: list[str] = []
        try:
            (row,) = csv.reader([line], strict=True)
        except (csv.Error, ValueError):
            refused[place] = "it is no row of CSV: a quote is not closed, or stands in a cell"
        rows.append(row)
    return plan.of_cells(None, rows, refused)


def _lines(text: str) -> list[str]:
    """Part at line feeds alone: other ends of lines may stand within a text of JSON."""
    return text.removesuffix("\n").split("\n")


def _reason(error: BaseException) -> str:
    return _REASONS.get(type(error), "it is no JSON")
