"""Parts of records by JSONPath, as far as batch transform takes it, and how answers are joined."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

# https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html

_STEP = re.compile(
    r"\.(?P<name>[A-Za-z_]\w*)"
    r"|\[(?P<names>\s*'[^']*'(\s*,\s*'[^']*')*\s*)\]"
    r"|\[(?P<numbers>\s*-?\d+(\s*,\s*-?\d+)*\s*)\]"
    r"|\[(?P<start>-?\d*):(?P<end>-?\d*)\]"
)
INPUT, OUTPUT = "SageMakerInput", "SageMakerOutput"
Select = Callable[[Any], Any]


class FilterError(Exception):
    """A filter that is not taken, or a record that it does not fit."""


def select(expression: str) -> Select:
    """Make a function that takes of a record what an expression names. Raises FilterError."""
    if not expression.startswith("$"):
        raise FilterError(f"{expression!r} is not a JSONPath: it starts with $")
    steps, at = list[Select](), 1
    while at < len(expression):
        found = _STEP.match(expression, at)
        if found is None:
            raise FilterError(
                f"the sandbox does not take {expression[at:]!r} of {expression!r}; it takes names, "
                "lists of names, numbers, lists of numbers and slices"
            )
        steps.append(_step(found, expression))
        at = found.end()

    def selected(record: Any) -> Any:
        for step in steps:
            record = step(record)
        return record

    return selected


def _step(found: re.Match[str], expression: str) -> Select:
    names = [found["name"]] if found["name"] else re.findall(r"'([^']*)'", found["names"] or "")
    numbers = [int(number) for number in (found["numbers"] or "").split(",") if number.strip()]
    bounds = [int(found[side]) if found[side] else None for side in ("start", "end")]

    def step(record: Any) -> Any:
        try:
            if names:
                if len(names) == 1:
                    return record[names[0]]
                return {name: record[name] for name in names}
            if numbers:
                listed = list(record)
                return listed[numbers[0]] if len(numbers) == 1 else [listed[n] for n in numbers]
            return list(record)[slice(*bounds)]
        except (KeyError, IndexError, TypeError) as error:
            raise FilterError(f"a record has nothing at {expression}") from error

    return step


class Form:
    """Records of one content type: read, filtered, joined with answers and written again."""

    def __init__(self, content_type: str) -> None:
        kind = content_type.partition(";")[0].strip().lower()
        if kind not in ("text/csv", "application/json", "application/jsonlines"):
            raise FilterError(
                f"records of {content_type or 'no type'} cannot be filtered or joined; those of "
                "text/csv, application/json and application/jsonlines can"
            )
        self._is_csv = kind == "text/csv"

    def filtered(self, record: str, by: Select) -> str:
        """Take of a record what a filter names."""
        return self._written(by(self._read(record)))

    def joined(self, record: str, answer: str) -> str:
        """Put an answer beside the record that it is the answer to."""
        asked, told = self._read(record), self._read(answer)
        if self._is_csv:
            return self._written([*asked, *told])
        if isinstance(asked, dict):
            return self._written({**asked, OUTPUT: told})
        return self._written({INPUT: asked, OUTPUT: told})

    def _read(self, record: str) -> Any:
        if self._is_csv:
            return next(csv.reader([record]), [])
        try:
            return json.loads(record)
        except ValueError as error:
            raise FilterError(f"a record is not JSON: {error}") from error

    def _written(self, value: Any) -> str:
        if not self._is_csv:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        row: Sequence[Any] = value if isinstance(value, list) else [value]
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow(row)
        return written.getvalue()
