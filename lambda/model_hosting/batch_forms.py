"""In which form the records of a batch come, which parts a filter takes, and what is none. Pure."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Never

JSON_LINES, CSV = "application/jsonlines", "text/csv"
ANSWER = "SageMakerOutput"  # where SageMaker puts an answer that is joined with its record
_NAME = re.compile(r"\$\.([A-Za-z_]\w*)")
_NAMES = re.compile(r"\$\[((?:'[^']+',)*'[^']+')\]")
_PLACES = re.compile(r"\$\[((?:\d+,)*\d+)\]")


class _DuplicateError(ValueError):
    """An object that has a name twice."""


class _ConstantError(ValueError):
    """NaN or an infinity, which JSON does not have."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DuplicateError
    return found


def _refuse(constant: str) -> Never:
    raise _ConstantError


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse)


@dataclass(frozen=True, slots=True)
class BatchForm:
    """How records are read, as the settings say; filters are of one step, as those allow."""

    content_type: str
    joins: bool
    input_filter: str
    output_filter: str
    most_bytes: int

    @classmethod
    def read(cls, told: str) -> "BatchForm":
        """Read what the environment tells; raises ValueError for anything else."""
        found: Mapping[str, Any] = json.loads(told)
        if found["content_type"] not in (JSON_LINES, CSV):
            raise ValueError(
                f"records of {found['content_type']!r}; allowed: {JSON_LINES}, {CSV}; it comes "
                "from the function's environment"
            )
        return cls(**found)

    @property
    def is_csv(self) -> bool:
        """Whether a record is a row of cells, and not an object."""
        return self.content_type == CSV

    @property
    def ending(self) -> str:
        """The end of a file's name."""
        return "csv" if self.is_csv else "jsonl"

    def problem(self, line: bytes | None) -> str | None:
        """Say why a line cannot be handed to a job, or None.

        SageMaker reads records to filter and to join them; one that it cannot read would fail the
        file. What is told holds nothing of the record.
        """
        if line is None:
            return f"it has more than {self.most_bytes} bytes"
        if not line.strip():
            return "it is empty"
        try:
            text = str(line, "utf-8")
        except UnicodeDecodeError:
            return "it is not UTF-8"
        if "\0" in text:
            return "it has a zero byte"
        return self._row_problem(text) if self.is_csv else self._object_problem(text)

    def _object_problem(self, text: str) -> str | None:
        try:
            found = _DECODER.decode(text)
        except _DuplicateError:
            return "it has a name more than once"
        except _ConstantError:
            return "NaN and Infinity are no numbers of JSON; null is missing"
        except RecursionError:
            return "it is nested too deep"
        except ValueError:
            return "it is no JSON"
        if not isinstance(found, dict):
            return "a record has to be an object"
        if self.joins and ANSWER in found:
            return f"it has {ANSWER}, where its answer would be put"
        if absent := [name for name in self._needed_names() if name not in found]:
            return f"it has no {', '.join(absent)}, which a filter takes"
        return None

    def _needed_names(self) -> Sequence[str]:
        taken = [*_names_of(self.input_filter), *_names_of(self.output_filter)]
        return [name for name in dict.fromkeys(taken) if name != ANSWER]

    def _row_problem(self, text: str) -> str | None:
        try:
            rows = list(csv.reader([text], strict=True))
        except csv.Error:
            return "it is no row of CSV: a quote is not closed, or stands in a cell"
        if len(rows) != 1:
            return "it is no row of CSV"
        places = _PLACES.fullmatch(self.input_filter)
        if places and (width := 1 + max(map(int, places[1].split(",")))) > len(rows[0]):
            return f"it has {len(rows[0])} cells, and a filter takes {width}"
        return None

    def refusal(self, answer: str) -> tuple[str | None, str]:
        """Part a line of answers: why its record was refused, if it was, and the line to keep.

        Raises ValueError for a line that is no answer of the handlers.
        """
        return _of_row(answer) if self.is_csv else self._of_object(answer)

    def _of_object(self, line: str) -> tuple[str | None, str]:
        found = json.loads(line)
        is_whole = self.joins and self.output_filter != f"$.{ANSWER}"
        answer = found.get(ANSWER) if is_whole and isinstance(found, dict) else found
        if not isinstance(answer, dict) or not {"prediction", "error"} & set(answer):
            raise ValueError("a line of the answers has neither a prediction nor an error")
        return (str(answer["error"]) if "error" in answer else None), line


def _of_row(line: str) -> tuple[str | None, str]:
    """Part a row: its last cells are the prediction and the reason, of which one is empty."""
    (cells,) = csv.reader([line])
    if len(cells) < 2 or bool(cells[-1]) == bool(cells[-2]):
        raise ValueError("a row of the answers ends with neither a prediction nor a reason")
    # What is kept is as SageMaker has written it, but for the empty cell at its end.
    return (cells[-1], line) if cells[-1] else (None, line.removesuffix('""').removesuffix(","))


def _names_of(filter_: str) -> list[str]:
    if found := _NAME.fullmatch(filter_):
        return [found[1]]
    found = _NAMES.fullmatch(filter_)
    return re.findall(r"'([^']+)'", found[1]) if found else []
