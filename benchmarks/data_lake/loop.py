"""The baseline: a loop of csv and fastjsonschema over the same contract and the same file."""

import csv
import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

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


def main(path: Path, contract: Path) -> None:
    """Type and check every record; write the good ones by day, the bad ones with their line."""
    schema = json.loads(contract.read_text(encoding="utf-8"))
    validate = fastjsonschema.compile(schema, formats={"date-time": is_moment, "date": is_date})
    kinds: Mapping[str, Callable[[str], Any]] = {
        "string": str,
        "integer": int,
        "number": float,
        "boolean": {"true": True, "false": False}.__getitem__,
    }
    types = {name: kinds[rules["type"]] for name, rules in schema["properties"].items()}
    good = bad = 0
    days: dict[str, TextIO] = {}
    started = time.process_time()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, path.open(newline="") as file:
        with Path(folder, "rejects.jsonl").open("w") as rejects:
            rows = csv.reader(file)
            columns = [(name, types[name]) for name in next(rows)]
            for line, row in enumerate(rows, 2):
                try:
                    record = {
                        name: kind(cell)
                        for (name, kind), cell in zip(columns, row, strict=True)
                        if cell
                    }
                    validate(record)
                except (ValueError, KeyError, fastjsonschema.JsonSchemaException) as error:
                    rejects.write(f"{json.dumps([line, str(error), row])}\n")
                    bad += 1
                    continue
                day = record["entered_at"][:10]
                if day not in days:
                    days[day] = Path(folder, f"{day}.jsonl").open("w")  # noqa: SIM115 (closed below)
                days[day].write(f"{json.dumps(record)}\n")
                good += 1
        for out in days.values():
            out.close()
    told = {
        "rows": good + bad,
        "good": good,
        "seconds": time.process_time() - started,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
