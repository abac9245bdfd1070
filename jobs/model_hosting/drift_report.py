"""What is written of a window: what was tested and how it came out, and what was not. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scipy import stats

from model_hosting.captured_requests import Captured, Read
from model_hosting.drift import FEWEST_ROWS, Comparison, Limits, judge_window
from model_hosting.told_truths import Joined, Truths, joined
from model_hosting.truth import Rightness, chance_of_less, rightness
from runtime.reference_summary import ReferenceSummary, read_summary

PREDICTION, LABEL, ACCURACY = "prediction", "label", "accuracy"


def drift_report(
    reference: Mapping[str, Any],
    read: Read,
    truths: Truths,
    earlier: Sequence[Captured],
    limits: Limits,
) -> dict[str, Any]:
    """Judge the requests of a window, and the answers to ``earlier`` ones by what came true.

    ``reference`` is what training wrote for this; what it lacks is told and not tested.
    """
    told = [f"reference: {each}" for each in reference["told"]]
    summary = _summary(reference, told)
    joint = joined(earlier, truths)
    beside, right = _rightness(reference, joint, limits, told)
    rows = [row for request in read.requests for row in request.rows]
    columns: dict[str, list[Any]] = {
        each.name: [row[each.name] for row in rows]
        for each in summary.features
        if each.name != PREDICTION
    }
    columns[PREDICTION] = [score for request in read.requests for score in request.predictions]
    found = judge_window(summary, columns, limits, beside)
    return {
        "rows": found.rows,
        "requests": len(read.requests),
        "twice": read.twice,
        "elsewhen": read.elsewhen,
        "set_aside": len(read.refused) + len(truths.refused),
        "reasons": dict(Counter(why for _, why in (*read.refused, *truths.refused))),
        "judged": bool(found.findings),
        "drifted": found.drifted,
        "findings": [asdict(each) for each in found.findings],
        "right": {
            "rows": right.count,
            "accuracy": right.accuracy,
            "area": right.area,
            "told": right.told,
            "unmatched": joint.unmatched,
            "ragged": joint.ragged,
        },
        "told": [*told, *found.told],
    }


def kinds_of(reference: Mapping[str, Any]) -> dict[str, str]:
    """Return the kinds of a reference's features by their names; none where it has none."""
    features = (reference["features"] or {}).get("features", ())
    return {each["name"]: each["kind"] for each in features}


def _summary(reference: Mapping[str, Any], told: list[str]) -> ReferenceSummary:
    """Take the features, and the predictions as one more; either may be missing."""
    parts = [read_summary(reference[n]) for n in ("features", PREDICTION) if reference[n]]
    features = {each.name: each for part in parts for each in part.features}
    if len(features) < sum(len(part.features) for part in parts):
        told.append(f"a feature is named {PREDICTION}: the model's own are not tested")
        features = {each.name: each for each in parts[0].features}
    return ReferenceSummary(max((p.rows for p in parts), default=0), tuple(features.values()))


def _rightness(
    reference: Mapping[str, Any], joint: Joined, limits: Limits, told: list[str]
) -> tuple[list[Comparison], Rightness]:
    """Compare how often it came true, and how often the model was right, with what was."""
    now = rightness(joint.scores, joint.labels, reference["threshold"])
    if now.told:
        told.append(f"truth: {now.told}")
    if 0 < now.count < FEWEST_ROWS:
        told.append(f"truth: {now.count} rows are too few to judge: want {FEWEST_ROWS}")
    before, label = Rightness(**reference["right"], told=None), reference["label"]
    if now.count < FEWEST_ROWS or before.accuracy is None or now.accuracy is None:
        return [], now
    positive = sum(joint.labels)
    table = [[label["positive"], label["rows"] - label["positive"]],
             [positive, now.count - positive]]  # fmt: skip
    size = abs(positive / now.count - label["positive"] / label["rows"])
    chance = float(stats.fisher_exact(table)[1])
    less = chance_of_less(before, now)
    return [
        Comparison(LABEL, "share of yes", size, chance, limits.distance),
        Comparison(
            ACCURACY,
            "less often right",
            max(0.0, before.accuracy - now.accuracy),
            1.0 if less is None else less,
            limits.distance,
        ),
    ], now
