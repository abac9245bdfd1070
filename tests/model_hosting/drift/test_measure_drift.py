"""The job that measures, on files as SageMaker lays them out."""

import json
from typing import Any

import numpy as np
import pytest

from model_hosting import measure_drift
from runtime.reference_summary import summarize
from testing.captured_lines import HOUR, line, truth

FEATURES: list[dict[str, Any]] = [
    {"name": "age", "kind": "number"},
    {"name": "visits", "kind": "count"},
    {"name": "store", "kind": "category", "categories": ["north", "south"]},
]
CAPTURED = "captured/modelhosting/Champion/2026/11/30/14/a.jsonl"
NEAR = "captured/modelhosting/Champion/2026/11/30/13/z.jsonl"
PAST = "captured/modelhosting/Champion/2026/11/29/14/a.jsonl"
TRUTHS = "truths/2026/11/29/14/a.jsonl"
LIMITS = {"error_rate": 0.01, "distance": 0.05, "stability": 0.02}


def rows(count, seed, *, age=40.0):
    draw = np.random.default_rng(seed)
    return [
        {
            "age": float(draw.normal(age, 10)),
            "visits": int(draw.poisson(3)),
            "store": ("north", "south")[draw.integers(2)],
        }
        for _ in range(count)
    ]


def scores(count, seed):
    return [float(each) for each in np.random.default_rng(seed).beta(2, 5, count)]


def reference(**changed):
    learnt = rows(2_000, 1)
    prediction = [{"name": "prediction", "kind": "number"}]
    return {
        "features": summarize(
            FEATURES, {name: [row[name] for row in learnt] for name in ("age", "visits", "store")}
        ).document(),
        "prediction": summarize(prediction, {"prediction": scores(1_000, 2)}).document(),
        "label": {"positive": 300, "rows": 1_000},
        "right": {"right": 900, "count": 1_000, "area": 0.9},
        "threshold": 0.5,
        "told": [],
        **changed,
    }


@pytest.fixture
def measure(tmp_path):
    """Lay files out, run the job; gives its report and what was set aside."""

    def run(files, told=None, at=HOUR):
        folder = tmp_path / "window"
        names = {"own": CAPTURED, "near": NEAR, "past": PAST, "truths": TRUTHS}
        kinds = {kind: [name] for kind, name in names.items() if name in files}
        request = {
            "endpoint": "modelhosting",
            "variant": "Champion",
            "package": "arn",
            "window": {"since": "2026-11-30T14:00:00+00:00", "until": "2026-11-30T15:00:00+00:00"},
            "truth": {"since": "2026-11-29T14:00:00+00:00", "until": "2026-11-29T15:00:00+00:00"},
            "files": {**{name: [] for name in names}, **kinds},
            "left_out_files": 0,
            "limits": LIMITS,
        }
        own = {"windows/w/request.json": request, "windows/w/reference.json": told or reference()}
        texts = {name: json.dumps(content) for name, content in own.items()}
        for name, text in {**texts, **{n: "\n".join(lines) for n, lines in files.items()}}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        out = tmp_path / "out"
        measure_drift.main(["--window", str(folder), "--folder", "windows/w", "--out", str(out)])
        aside = out / "set_aside.jsonl"
        kept = (
            [json.loads(each) for each in aside.read_text().splitlines()] if aside.exists() else []
        )
        return json.loads((out / "report.json").read_text()), kept

    return run


def captured(found, seed, at=HOUR, prefix=""):
    told = scores(len(found), seed)
    return [
        line(row, predictions=[score], name=f"{prefix}{place}", at=at)
        for place, (row, score) in enumerate(zip(found, told, strict=True))
    ]


def test_requests_as_they_were_learnt_do_not_ring(measure):
    report, aside = measure({CAPTURED: captured(rows(600, 3), 4)})
    assert (report["rows"], report["judged"], report["drifted"]) == (600, True, False)
    assert {each["feature"] for each in report["findings"]} == {
        *["age", "visits", "store", "prediction"]
    }
    assert aside == []
    assert report["told"] == ["truth: no truth at all: no area under a curve"]


def test_a_shift_rings_and_says_of_what(measure):
    report, _ = measure({CAPTURED: captured(rows(600, 3, age=45.0), 4)})
    assert {each["feature"] for each in report["findings"] if each["drifted"]} == {"age"}


def test_a_file_of_the_hour_before_brings_late_records_once(measure):
    lines = captured(rows(600, 3), 4)
    report, _ = measure({CAPTURED: lines[:400], NEAR: ["torn", *lines[300:]]})
    assert (report["rows"], report["twice"], report["set_aside"]) == (600, 100, 0)


def test_too_few_rows_are_told_and_not_judged(measure):
    report, aside = measure({CAPTURED: ["torn", *captured(rows(99, 3), 4)]})
    assert (report["judged"], report["drifted"], report["findings"]) == (False, False, [])
    assert "99 rows are too few to judge: want 100" in report["told"]
    assert (report["set_aside"], report["reasons"]) == (1, {"the record is no JSON": 1})
    assert aside == [{"reason": "the record is no JSON", "record": "torn"}]


def truths(lines, right):
    """Say of so many requests that the answer was right, and of the others that it was not."""
    for place, text in enumerate(lines):
        record = json.loads(text)
        told = json.loads(record["captureData"]["endpointOutput"]["data"])["predictions"][0]
        yes = (told >= 0.5) == (place < right)
        yield truth(record["eventMetadata"]["eventId"], "1" if yes else "0")


@pytest.mark.parametrize(("right", "rings"), [(360, False), (250, True)], ids=["as", "less"])
def test_a_model_that_is_right_less_often_rings_once_the_truth_is_there(measure, right, rings):
    past = captured(rows(400, 5), 6, at=HOUR.replace(day=29))
    files = {PAST: past, TRUTHS: list(truths(past, right))}
    report, _ = measure(files, reference(label={"positive": 120, "rows": 1_000}))
    assert report["right"]["accuracy"] == right / 400
    assert report["right"]["area"] is not None
    drifted = {each["feature"] for each in report["findings"] if each["drifted"]}
    assert ("accuracy" in drifted) == rings


def test_truth_of_one_class_is_told_and_no_figure_is_nan(measure):
    past = captured(rows(200, 5), 6, at=HOUR.replace(day=29))
    names = [json.loads(each)["eventMetadata"]["eventId"] for each in past]
    report, _ = measure({PAST: past, TRUTHS: [truth(name, "0") for name in names]})
    assert report["right"]["area"] is None
    assert "truth of one class (False)" in report["right"]["told"]
    assert "label" in {each["feature"] for each in report["findings"] if each["drifted"]}


def test_a_reference_of_too_few_rows_is_told(measure):
    bare = reference(features=None, prediction=None, told=["a reference of 40 rows"])
    report, _ = measure({CAPTURED: captured(rows(200, 3), 4)}, bare)
    assert (report["judged"], report["drifted"]) == (False, False)
    assert "reference: a reference of 40 rows" in report["told"]
