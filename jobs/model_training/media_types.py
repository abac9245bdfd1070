"""In which form a body comes, and in which an answer goes: Content-Type and Accept. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from model_training.refused_requests import RefusedRequestError

JSON, JSON_LINES, CSV = "application/json", "application/jsonlines", "text/csv"
# Other names of JSON Lines; nothing of them is registered.
_NAMES = {JSON: JSON, JSON_LINES: JSON_LINES, CSV: CSV, "application/x-ndjson": JSON_LINES}
_NAMES |= {"application/x-jsonlines": JSON_LINES, "application/ndjson": JSON_LINES}
_CHARSETS = {"utf-8", "utf8", "us-ascii"}
_MOST_CHARACTERS = 1000  # of a header
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a token of RFC 9110, 5.6.2, is no secret
_TYPE = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*")
_PARAMETER = re.compile(rf';\s*(?:({_TOKEN})=({_TOKEN}|"(?:[^"\\]|\\.)*"))?\s*')
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class BodyForm:
    """What rows are written in; ``has_header`` is of CSV, as is that no row has several lines."""

    kind: str
    has_header: bool = False
    by_line: bool = False


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What predictions are written in.

    With ``tells_refused`` a row that is refused has its reason in its own line; else it refuses all
    of the request.
    """

    kind: str
    content_type: str
    tells_refused: bool = False


@lru_cache(maxsize=256)
def body_form(content_type: str) -> BodyForm:
    """Read a Content-Type; raises RefusedRequestError, 415, for one that is not taken."""
    parsed = _parsed(content_type) if len(content_type) <= _MOST_CHARACTERS else None
    if parsed is None:
        raise _unsupported("the content type cannot be read")
    name, parameters = parsed
    if name not in _NAMES:
        raise _unsupported(f"the content type is none of {', '.join(_NAMES)}")
    if parameters.get("charset", "utf-8") not in _CHARSETS:
        raise _unsupported("the charset has to be utf-8")
    header = parameters.get("header", "absent")
    if _NAMES[name] == CSV and header not in ("present", "absent"):
        raise _unsupported("header of text/csv has to be present or absent")
    return BodyForm(_NAMES[name], _NAMES[name] == CSV and header == "present")


@lru_cache(maxsize=256)
def answer_form(accept: str) -> AnswerForm:
    """Choose by an Accept header; raises RefusedRequestError, 406, if nothing of it is given.

    What is wanted most wins, and of what is wanted as much JSON before JSON Lines before CSV. A
    name is worth what its most exact range says. ``errors=inline`` of JSON Lines has rows that are
    refused in their own lines.
    """
    ranges = list(_ranges(accept)) if len(accept) <= _MOST_CHARACTERS else []
    best: tuple[float, AnswerForm] | None = None
    for name, kind in _NAMES.items():
        fitting = [
            each for each in ranges if each[0] in (name, f"{name.partition('/')[0]}/*", "*/*")
        ]
        if not fitting:
            continue
        _, parameters, quality = max(fitting, key=lambda each: _exactness(each[0]))
        if quality > (best[0] if best else 0):
            inline = kind == JSON_LINES and parameters.get("errors") == "inline"
            best = quality, AnswerForm(kind, name, inline)
    if best is None:
        raise RefusedRequestError(
            HTTPStatus.NOT_ACCEPTABLE, f"answers are {JSON}, {JSON_LINES} or {CSV}"
        )
    return best[1]


def _ranges(accept: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Read ranges with parameters and quality; what is none is left out."""
    for element in _ELEMENT.findall(accept):
        if parsed := _parsed(element):
            name, parameters = parsed
            quality = parameters.pop("q", "1")
            if _QUALITY.fullmatch(quality):
                yield name, parameters, float(quality)


def _exactness(name: str) -> int:
    return 0 if name == "*/*" else 1 if name.endswith("/*") else 2


def _parsed(text: str) -> tuple[str, dict[str, str]] | None:
    """Read a type and its parameters, in small letters; None if it is none."""
    found = _TYPE.match(text)
    if not found:
        return None
    parameters: dict[str, str] = {}
    place = found.end()
    while place < len(text):
        parameter = _PARAMETER.match(text, place)
        if not parameter:
            return None
        place = parameter.end()
        if name := (parameter[1] or "").lower():
            value = parameter[2]
            if value.startswith('"'):
                value = re.sub(r"\\(.)", r"\1", value[1:-1])
            if parameters.setdefault(name, value.lower()) != value.lower():
                return None
    return f"{found[1]}/{found[2]}".lower(), parameters


def _unsupported(reason: str) -> RefusedRequestError:
    return RefusedRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason)
