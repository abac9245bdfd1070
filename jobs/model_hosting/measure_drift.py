"""Measure how a window of captured requests differs from what was learnt: a job's script."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from model_hosting.captured_requests import Read, read_lines
from model_hosting.drift import Limits
from model_hosting.drift_report import drift_report, kinds_of
from model_hosting.told_truths import read_truths

REQUEST, REFERENCE = "request.json", "reference.json"
REPORT, SET_ASIDE = "report.json", "set_aside.jsonl"


def main(arguments: Sequence[str]) -> None:
    """Write ``report.json`` of the window that the input's ``request.json`` names.

    What could be read neither as a capture nor as a truth is in ``set_aside.jsonl``, with why.
    """
    options = _options(arguments)
    told = json.loads((options.window / options.folder / REQUEST).read_bytes())
    reference = json.loads((options.window / options.folder / REFERENCE).read_bytes())
    kinds, files = kinds_of(reference), told["files"]
    own, near, past = (
        _read(options.window, files[name], kinds, told[window])
        for name, window in (("own", "window"), ("near", "window"), ("past", "truth"))
    )
    # Files of the hours beside it: what cannot be read there is set aside by their own windows.
    known = {each.event_id for each in own.requests}
    late = tuple(each for each in near.requests if each.event_id not in known)
    read = Read(
        (*own.requests, *late),
        own.refused,
        own.twice + len(near.requests) - len(late),
        own.elsewhen,
    )
    truths = read_truths(_lines(options.window, files["truths"]))
    limits = Limits(**told["limits"])
    report = {
        **{name: told[name] for name in ("endpoint", "variant", "package", "window", "truth")},
        "left_out_files": told["left_out_files"],
        **drift_report(reference, read, truths, past.requests, limits),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / REPORT).write_text(json.dumps(report, indent=1, allow_nan=False))
    refused = (*read.refused, *truths.refused)
    lines = (json.dumps({"reason": why, "record": line}) for line, why in refused)
    if refused:
        (options.out / SET_ASIDE).write_text("".join(f"{line}\n" for line in lines))
    print(f"measured rows={report['rows']}; drifted={report['drifted']};")


def _read(
    folder: Path, files: Sequence[str], kinds: Mapping[str, str], window: Mapping[str, str]
) -> Read:
    since, until = (datetime.fromisoformat(window[name]) for name in ("since", "until"))
    return read_lines(_lines(folder, files), kinds, since, until)


def _lines(folder: Path, files: Sequence[str]) -> Iterator[str]:
    for name in files:
        # What is no UTF-8 is set aside as what it is: no JSON.
        with (folder / name).open(encoding="utf-8", errors="replace", newline="\n") as file:
            yield from (line.rstrip("\n") for line in file)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("window", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--folder", required=True, help="of the window's own files in the input")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
