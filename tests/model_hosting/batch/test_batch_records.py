"""Records of a batch: taken apart, screened, and put together again without losing one."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_hosting.batch_forms import BatchForm
from model_hosting.batch_lines import lines
from model_hosting.batch_rejects import CountError, Reject, screened, sifted

OBJECTS = BatchForm("application/jsonlines", joins=True, input_filter="$", output_filter="$",
                    most_bytes=200)  # fmt: skip
ROWS = BatchForm("text/csv", joins=True, input_filter="$", output_filter="$", most_bytes=200)
GOOD = b'{"hour": 7}'


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_lines_do_not_depend_on_how_an_object_comes(content, cuts):
    places = [0, *sorted(cuts), len(content)]
    parts = [content[a:b] for a, b in pairwise(places)]
    assert list(lines(parts, 1000)) == list(lines([content], 1000))
    whole = [line.removesuffix(b"\r") for line in content.split(b"\n")]
    if content.endswith(b"\n") or not content:
        whole.pop()
    assert list(lines(parts, 1000)) == whole


@given(st.lists(st.integers(0, 12), max_size=8), st.integers(1, 5))
def test_a_line_that_is_too_long_is_told_of_and_the_others_are_whole(lengths, size):
    content = b"".join(b"x" * length + b"\n" for length in lengths)
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    told = list(lines(parts, 8))
    assert told == [b"x" * length if length <= 8 else None for length in lengths]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (None, "more than 200 bytes"),
        (b" \t", "empty"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": "\0"}', "zero byte"),
        (b'{"a": 1', "no JSON"),
        (b'{"a": NaN}', "NaN and Infinity"),
        (b'{"a": 1, "a": 2}', "more than once"),
        (b"[" * 100_000, "nested too deep"),
        (b"[1, 2]", "has to be an object"),
        (b'{"SageMakerOutput": 1}', "where its answer would be put"),
    ],
)
def test_what_a_job_could_not_read_is_set_aside(line, reason):
    assert reason in str(OBJECTS.problem(line))


def test_a_record_has_what_the_filters_take():
    filtered = BatchForm("application/jsonlines", True, "$.features",
                         "$['id','SageMakerOutput']", 200)  # fmt: skip
    assert filtered.problem(b'{"features": {}, "id": 1}') is None
    assert filtered.problem(b'{"features": {}}') == "it has no id, which a filter takes"
    narrow = BatchForm("text/csv", True, "$[0,2]", "$", 200)
    assert narrow.problem(b"1,2,3") is None
    assert narrow.problem(b"1,2") == "it has 2 cells, and a filter takes 3"


@pytest.mark.parametrize("line", [b'7,"21', b'7,"2"1', b"7,\0"])
def test_a_row_of_csv_is_one_line(line):
    assert ROWS.problem(line)


@given(st.lists(st.sampled_from([GOOD, b"no JSON", b"\xff", b"", None]), max_size=12), st.data())
def test_every_line_is_a_result_or_a_reject_and_keeps_its_number(given_lines, data):
    form = OBJECTS
    parted = list(screened(given_lines, form))
    kept = [each for each in parted if isinstance(each, bytes)]
    aside = [each.written() for each in parted if isinstance(each, Reject)]
    is_refused = [data.draw(st.booleans()) for _ in kept]
    answers = [
        json.dumps({"hour": 7, "SageMakerOutput": {"error": "why"} if bad else {"prediction": 1}})
        for bad in is_refused
    ]
    told = list(sifted(kept, [each.encode() for each in answers], aside, form))
    assert len(told) == len(given_lines)
    refusals = iter(is_refused)
    for number, (line, found) in enumerate(zip(given_lines, told, strict=True), start=1):
        if line == GOOD and not next(refusals):
            assert isinstance(found, bytes)
        else:
            assert isinstance(found, Reject)
            assert (found.line, found.record) == (number, line)


def test_a_reject_is_told_with_its_bytes_where_they_are_no_text():
    assert json.loads(Reject(3, "why", b"\xff").written())["record_base64"] == "/w=="
    assert json.loads(Reject(3, "why", b"a").written()) == {"line": 3, "reason": "why",
                                                            "record": "a"}  # fmt: skip
    assert "record" not in json.loads(Reject(3, "why", None).written())


@pytest.mark.parametrize("answers", [[], [b"x", b"x"]])
def test_answers_that_are_too_few_or_too_many_are_an_error(answers):
    told = [b'{"SageMakerOutput": {"prediction": 1}}' for _ in answers]
    with pytest.raises(CountError):
        list(sifted([GOOD], told, [], OBJECTS))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("7,bern,0.5,", (None, "7,bern,0.5")),
        ('7,bern,0.5,""', (None, "7,bern,0.5")),
        ("7,bern,,it is late", ("it is late", "7,bern,,it is late")),
        ("0.5,", (None, "0.5")),
    ],
)
def test_a_row_ends_with_its_prediction_and_the_reason_why_there_is_none(answer, told):
    assert ROWS.refusal(answer) == told


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (ROWS, "0.5"),
        (ROWS, "7,,"),
        (ROWS, "7,0.5,why"),
        (OBJECTS, '{"hour": 7}'),
        (OBJECTS, '{"SageMakerOutput": 0.5}'),
    ],
)
def test_a_line_that_is_no_answer_is_an_error(form, line):
    with pytest.raises(ValueError, match="neither"):
        form.refusal(line)


def test_what_is_kept_of_an_answer_may_be_the_answer_alone():
    form = BatchForm("application/jsonlines", True, "$", "$.SageMakerOutput", 200)
    assert form.refusal('{"error": "why"}')[0] == "why"
    alone = BatchForm("application/jsonlines", False, "$", "$", 200)
    assert alone.refusal('{"prediction": 0.5}') == (None, '{"prediction": 0.5}')
