"""The four functions tell a number for each row, and refuse whatever is none, in one line."""

import ast
import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_training import inference
from model_training.inference import input_fn, output_fn, predict_fn
from model_training.media_types import CSV, JSON, JSON_LINES
from model_training.refused_requests import RefusedRequestError
from model_training.signature import CATEGORY, COUNT, FLAG, MISSING, NUMBER
from testing.bad_requests import BAD_REQUESTS, HEADED, PERSONAL, ROW
from testing.model_archive import FEATURES, visits

ROWS = visits(30, seed=2)
ORDERS = st.permutations([feature.name for feature in FEATURES])


class Context:
    """What AWS's toolkit hands to a function that takes it."""

    def __init__(self):
        self.status: tuple[int, str] = (200, "")

    def set_response_status(self, code=200, phrase="", idx=0):
        """Keep it."""
        self.status = code, phrase


def answer(model, body, content_type=JSON, accept="*/*"):
    """Ask as the toolkit does; gives what it would send, and its content type."""
    return output_fn(predict_fn(input_fn(body, content_type), model), accept)


def predictions(model, rows):
    return model.predict(model.plan.of_objects(rows).floats)


def cells(rows, order, *, header):
    """Write rows as CSV; what is missing is an empty cell."""
    file = io.StringIO()
    writer = csv.writer(file)
    if header:
        writer.writerow(order)
    for row in rows:
        told = (row[name] for name in order)
        writer.writerow(str(v).lower() if isinstance(v, bool) else v for v in told)
    return file.getvalue().encode()


def test_one_row_is_told_a_number(model):
    body, content_type = answer(model, json.dumps(ROW).encode())
    assert content_type == JSON
    assert json.loads(body) == {"predictions": predictions(model, [dict(ROW)])}


@given(order=ORDERS, count=st.integers(1, len(ROWS)))
def test_rows_are_told_the_same_in_whatever_form_and_order(model, order, count):
    rows = [{name: row[name] for name in order} for row in ROWS[:count]]
    lines = "\n".join(map(json.dumps, rows)).encode()
    names = [feature.name for feature in FEATURES]
    bodies = {
        (json.dumps(rows).encode(), JSON),
        (lines, JSON_LINES),
        (lines + b"\n", JSON_LINES),
        (cells(rows, names, header=False), CSV),
        (cells(rows, order, header=True), HEADED),
        (b"\xef\xbb\xbf" + cells(rows, order, header=True), HEADED),
    }
    assert {answer(model, *body)[0] for body in bodies} == {answer(model, json.dumps(rows))[0]}


@given(count=st.integers(1, len(ROWS)))
def test_answers_of_all_forms_are_the_same_numbers_one_a_row(model, count):
    body = json.dumps(ROWS[:count])
    told = predictions(model, ROWS[:count])
    assert json.loads(answer(model, body, accept=JSON)[0])["predictions"] == told
    lines, content_type = answer(model, body, accept=JSON_LINES)
    assert content_type == JSON_LINES
    assert [json.loads(line)["prediction"] for line in lines.splitlines()] == told
    lines, content_type = answer(model, body, accept=CSV)
    assert content_type == CSV
    assert [float(line) for line in lines.splitlines()] == told


def test_what_is_missing_is_not_minus_one(model):
    gap = {**ROW, "temperature": None, "receipts": None}
    floats = model.plan.of_objects([gap]).floats
    assert [str(value) for value in floats[0]] == ["7.0", "nan", "0.0", "1.0", "1.0", "nan"]
    names = [*ROW]
    assert (
        answer(model, json.dumps(gap))[0]
        == answer(model, cells([gap], names, header=False), CSV)[0]
    )
    other = {**gap, "temperature": -1, "receipts": -1}
    assert "whole number" in refusal(model, json.dumps(other)).reason


def test_an_unknown_category_is_missing_where_the_signature_says_so(model):
    told = [predictions(model, [{**ROW, "age_band": age}]) for age in ("18-39", "90+", None)]
    assert told[1] == told[2]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json ; profile=x;",
    ],
)
def test_content_types_have_parameters_and_capitals(model, content_type):
    assert answer(model, json.dumps(ROW), content_type) == answer(model, json.dumps(ROW))


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("application/*", JSON),
        ("text/*", CSV),
        ("application/x-ndjson", "application/x-ndjson"),
        ("text/csv;q=0.5, application/json;q=0.4", CSV),
        ("text/csv;q=0.4, application/json;q=0.5", JSON),
        ("*/*;q=0.1, application/jsonlines", JSON_LINES),
        ("*/*, application/json;q=0, application/jsonlines;q=0.9", CSV),
        ("application/json;q=0, application/jsonlines;q=0.5, */*;q=0.1", JSON_LINES),
        ("image/png, text/html;q=0.9, */*;q=0.8", JSON),
        ("text/csv;q=2, application/json;q=0.1", JSON),
    ],
    ids=str,
)
def test_what_is_wanted_most_is_given(model, accept, given):
    assert answer(model, json.dumps(ROW), accept=accept)[1] == given


def refusal(model, body, content_type=JSON, accept="*/*"):
    with pytest.raises(RefusedRequestError) as refused:
        answer(model, body, content_type, accept)
    return refused.value


@pytest.mark.parametrize("kind", BAD_REQUESTS)
def test_bad_input_is_refused_in_one_line_that_holds_nothing_of_it(model, kind):
    sent = BAD_REQUESTS[kind]
    refused = refusal(model, sent.body, sent.content_type, sent.accept)
    assert refused.status == sent.status
    assert sent.told in refused.reason
    assert refused.body().count(b"\n") == 0
    assert json.loads(refused.body()) == {"error": refused.reason}
    assert PERSONAL not in refused.reason
    # It is no fault of the model, which tells others as before.
    assert answer(model, json.dumps(ROW)) == answer(model, json.dumps([ROW]))


def test_there_are_kinds_enough():
    assert len(BAD_REQUESTS) >= 40


def test_the_python_of_the_image_reads_what_the_archive_brings():
    for path in Path(inference.__file__).parent.glob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))


@pytest.mark.parametrize("kind", BAD_REQUESTS)
def test_a_server_with_a_context_is_told_the_status_and_nothing_is_raised(model, kind):
    sent, context = BAD_REQUESTS[kind], Context()
    told = predict_fn(input_fn(sent.body, sent.content_type), model)
    body, content_type = output_fn(told, sent.accept, context)
    assert context.status[0] == sent.status
    assert content_type == JSON
    assert sent.told in json.loads(body)["error"]


def test_a_good_request_sets_no_status(model):
    context = Context()
    output_fn(predict_fn(input_fn(json.dumps(ROW), JSON), model), JSON, context)
    assert context.status == (200, "")


@given(data=st.data(), count=st.integers(1, 8))
def test_rows_that_are_refused_have_their_reason_in_their_line(model, data, count):
    bad = data.draw(st.sets(st.integers(0, count - 1)))
    rows = [{**ROW, "hour": PERSONAL if place in bad else place} for place in range(count)]
    body = "\n".join(map(json.dumps, rows))
    accept = "application/jsonlines; errors=inline"
    told = [json.loads(line) for line in answer(model, body, JSON_LINES, accept)[0].splitlines()]
    assert {place for place, each in enumerate(told) if "error" in each} == bad
    good = [row for place, row in enumerate(rows) if place not in bad]
    assert [each["prediction"] for each in told if "prediction" in each] == (
        predictions(model, good) if good else []
    )
    assert PERSONAL not in str(told)
    if bad:
        refused = refusal(model, body, JSON_LINES, JSON_LINES)
        assert refused.reason.startswith(f"row {min(bad) + 1}: column hour: ")
        assert ("more of" in refused.reason) == (len(bad) > 1)


@given(body=st.binary(max_size=60), content_type=st.sampled_from([JSON, JSON_LINES, CSV, HEADED]))
def test_whatever_bytes_are_sent_are_answered_or_refused(model, body, content_type):
    with pytest.raises(RefusedRequestError) as refused:
        answer(model, body, content_type)
    assert refused.value.status == 400


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
ALIKE = {feature.name: st.just(ROW[feature.name]) | VALUES for feature in FEATURES}


def fits(feature, value):
    """Say again, in other words than the plan, whether a column takes a value."""
    if value is None:
        return feature.nullable
    if isinstance(value, bool) or feature.kind == FLAG:
        return isinstance(value, bool) and feature.kind == FLAG
    if isinstance(value, str) or feature.kind == CATEGORY:
        is_known = value in feature.categories or feature.unknown == MISSING
        return isinstance(value, str) and feature.kind == CATEGORY and is_known
    is_number = math.isfinite(value) and abs(value) < 2.0**128 - 2.0**103
    return is_number and (feature.kind == NUMBER or (value >= 0 and value % 1 == 0))


@given(row=st.fixed_dictionaries(ALIKE))
def test_a_row_is_refused_if_and_only_if_one_of_its_values_does_not_fit(model, row):
    wrong = [each.name for each in FEATURES if not fits(each, row[each.name])]
    rows = model.plan.of_objects([row])
    assert bool(rows.refused) == bool(wrong)
    assert not wrong or rows.refused[0].startswith(f"column {wrong[0]}: ")


FITTING = {
    NUMBER: st.floats(width=32, allow_nan=False, allow_infinity=False) | st.integers(-9, 9),
    COUNT: st.integers(0, 2**70),
    FLAG: st.booleans(),
}


def fitting(feature):
    """Draw values that a column takes, missing ones among them if it takes them."""
    values = FITTING.get(feature.kind, st.sampled_from(feature.categories or [None]))
    if feature.unknown == MISSING:
        values |= st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
    return values | st.none() if feature.nullable else values


GOOD = st.fixed_dictionaries({feature.name: fitting(feature) for feature in FEATURES})


@given(rows=st.lists(GOOD, min_size=1, max_size=4), order=ORDERS, header=st.booleans())
def test_rows_of_csv_are_what_they_are_as_json(model, rows, order, header):
    of_json = model.plan.of_objects(rows)
    order = order if header else [feature.name for feature in FEATURES]
    told, *lines = csv.reader(io.StringIO(cells(rows, order, header=True).decode(), newline=""))
    of_csv = model.plan.of_cells(told if header else None, lines)
    assert not of_json.refused
    assert not of_csv.refused
    np.testing.assert_array_equal(of_csv.floats, of_json.floats)
    # What is good beside what is not is the same, though it is read in another way.
    beside = model.plan.of_cells(told if header else None, [*lines, ["x"]])
    assert [*beside.refused] == [len(lines)]
    np.testing.assert_array_equal(beside.floats[:-1], of_json.floats)


def test_a_line_ends_at_a_line_feed_alone(model):
    line = json.dumps({**ROW, "age_band": "\u2028\x85"}, ensure_ascii=False)
    told, _ = answer(model, f"{line}\n{line}\r\n".encode(), JSON_LINES)
    assert len(json.loads(told)["predictions"]) == 2
