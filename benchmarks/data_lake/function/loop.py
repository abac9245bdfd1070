"""The baseline: a loop of csv and fastjsonschema over the same contract and the same file."""

import csv
import json
import math
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import fastjsonschema

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")


def is_moment(text: str) -> bool:
    """Tell whether a text is a moment that exists."""
    try:
        return bool(MOMENT.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def is_date(text: str) -> bool:
    """Tell whether a text is a day that exists."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def finite(text: str) -> float:
    """Read a number; raises ValueError for one that is none, which every bound lets pass."""
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text} is not finite")
    return value


class Lines:
    """The lines of a file as text, and the byte at which the last one began."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.offset = file, 0

    def __iter__(self) -> Iterator[str]:
        """Read them one after another."""
        end = 0
        for line in self._file:
            self.offset = end
            end += len(line)
            yield line.decode()


def main(path: Path, contract: Path) -> None:
    """Type and check every record; write the good ones by day, the bad ones with their place."""
    schema = json.loads(contract.read_text(encoding="utf-8"))
    validate = fastjsonschema.compile(schema, formats={"date-time": is_moment, "date": is_date})
    kinds: Mapping[str, Callable[[str], Any]] = {
        "string": str,
        "integer": int,
        "number": finite,
        "boolean": {"true": True, "false": False}.__getitem__,
    }
    types = {name: kinds[rules["type"]] for name, rules in schema["properties"].items()}
    today = datetime.now(UTC).date()
    first, last = (str(today + timedelta(days=days)) for days in (-400, 1))
    bad = 0
    keys: Counter[str] = Counter()
    days: dict[str, TextIO] = {}
    started = time.process_time()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, path.open("rb") as file:
        with Path(folder, "rejects.jsonl").open("w") as rejects:
            lines = Lines(file)
            rows = csv.reader(lines)
            columns = [(name, types[name]) for name in next(rows)]
            for line, row in enumerate(rows, 2):
                try:
                    record = {
                        name: kind(cell)
                        for (name, kind), cell in zip(columns, row, strict=True)
                        if cell
                    }
                    validate(record)
                    day = record["entered_at"][:10]
                    if not first <= day <= last:
                        raise ValueError("out of window")
                except (ValueError, KeyError, fastjsonschema.JsonSchemaException) as error:
                    rejects.write(f"{json.dumps([line, lines.offset, str(error), row])}\n")
                    bad += 1
                    continue
                keys[record["visit_id"]] += 1
                if day not in days:
                    days[day] = Path(folder, f"{day}.jsonl").open("w")  # noqa: SIM115 (closed below)
                days[day].write(f"{json.dumps(record)}\n")
        for out in days.values():
            out.close()
    good = keys.total()
    told = {
        "rows": good + bad,
        "good": good,
        "repeated": good - len(keys),
        "seconds": time.process_time() - started,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
