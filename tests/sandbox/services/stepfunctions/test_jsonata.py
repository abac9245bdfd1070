"""What expressions come to, compared with what the reference implementation said of them."""

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from sandbox.services.stepfunctions import evaluator, expressions

# Written by jsonata 2.0.6, the release that AWS names, and read by people since: another release
# of the engine, or a mistake around it, shows.
CORPUS = json.loads(Path(__file__).with_name("expressions.json").read_text(encoding="utf-8"))
CASES = [case for group in CORPUS["cases"].values() for case in group]
PACKAGE = Path(__file__).parents[4] / "package.json"
ENDLESS = "($f := function($n){ $f($n + 1) }; $f(0))"


@pytest.fixture
def engine():
    found = evaluator.Evaluator()
    yield found
    found.stop()


def came_to(expression, known):
    try:
        found = expressions.evaluate({"Output": f"{{% {expression} %}}"}, known)
    except expressions.ExpressionError as error:
        said = str(error).partition("specified for the field 'Output' ")[2]
        if said == "returned nothing (undefined).":
            return {}
        why = said.removeprefix("threw an error during evaluation. ")
        code = re.match(r"([A-Z]\d{4}): ", why)
        return {"error": code[1] if code else why}
    return {"value": found["Output"]}


def test_the_corpus_is_large_and_says_each_thing_once():
    texts = [case["expression"] for case in CASES]
    assert len(texts) == len(set(texts)) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["expression"])
def test_an_expression_comes_to_what_the_reference_says(case):
    expected = {name: part for name, part in case.items() if name != "expression"}
    found = came_to(case["expression"], CORPUS["variables"])
    # As text, because Python takes 1, 1.0 and true for the same.
    assert json.dumps(found) == json.dumps(expected)


def test_the_release_is_the_one_that_aws_names_and_no_development_tool():
    assert json.loads(PACKAGE.read_text())["dependencies"]["jsonata"] == "2.0.6"
    assert json.loads((evaluator.PACKAGE / "package.json").read_text())["version"] == "2.0.6"


def test_all_fields_of_a_state_are_one_round_trip(monkeypatch):
    asked = []
    ask = evaluator.shared.evaluate

    def counted(texts, known):
        asked.append(known)
        return ask(texts, known)

    monkeypatch.setattr(evaluator.shared, "evaluate", counted)
    known = {"states": {"input": {"a": 1, "long": "x" * 10}, "result": 2}, "other": 3}
    sums = ["{% $states.input.a + 0 %}", "{% $other + 0 %}"]
    fields = {"Output": {"a": [sums[0], 5]}, "Assign": {"b": sums[1]}}
    assert expressions.evaluate(fields, known) == {"Output": {"a": [1, 5]}, "Assign": {"b": 3}}
    # What no expression mentions is not sent.
    assert asked == [{"states": {"input": {"a": 1}}, "other": 3}]


def test_what_follows_the_condition_that_holds_does_not_count():
    conditions = ["{% $n = 2 %}", False, "{% $n = 1 %}", "{% $nope() %}"]
    assert expressions.first_that_holds(conditions, {"n": 1}) == (2, True)
    assert expressions.first_that_holds(conditions[:2], {"n": 1}) == (-1, False)
    with pytest.raises(expressions.ExpressionError, match="T1006"):
        expressions.first_that_holds(conditions, {"n": 3})


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (ENDLESS, "Expression evaluation timeout"),
        ("($f := function($n){ 1 + $f($n) }; $f(0))", "Stack overflow"),
    ],
)
def test_an_expression_without_an_end_is_stopped(engine, expression, why):
    before = time.monotonic()
    (endless, after) = engine.evaluate([expression, "1 + 1"], {})
    assert endless["code"] == "U1001"
    assert why in endless["error"]
    assert after == {"value": 2}
    assert time.monotonic() - before < evaluator.PATIENCE_SECONDS


def test_an_evaluator_that_does_not_answer_is_replaced():
    engine = evaluator.Evaluator(patience_seconds=1)
    backtracking = r"$contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /^(a+)+$/)"
    (answer,) = engine.evaluate([backtracking], {})
    assert answer == {"error": "no answer within 1 s; the evaluator was started anew"}
    assert engine.evaluate(["1 + 1"], {}) == [{"value": 2}]
    engine.stop()


def test_an_evaluator_that_died_is_replaced(engine):
    engine.evaluate(["1"], {})
    os.kill(engine._process.pid, signal.SIGKILL)
    engine._process.wait()
    assert engine.evaluate(["2"], {}) == [{"value": 2}]


def test_a_machine_with_expressions_is_refused_where_the_engine_is_missing(
    monkeypatch, tmp_path, engine
):
    monkeypatch.setattr(evaluator, "PACKAGE", tmp_path / "jsonata")
    monkeypatch.setattr(evaluator, "shared", engine)
    definition = {"States": {"A": {"Output": "{% 1 %}"}}}
    ((why, where),) = expressions.faults(definition)
    assert (why.endswith("run: npm ci"), where) == (True, "/States/A/Output")
    with pytest.raises(expressions.ExpressionError, match="run: npm ci"):
        expressions.evaluate({"Output": "{% 1 %}"}, {})
    (tmp_path / "jsonata").mkdir()  # installed later, without a restart
    assert expressions.evaluate({"Output": "{% 1 %}"}, {}) == {"Output": 1}


def test_a_definition_is_told_all_that_is_wrong_with_its_expressions():
    definition = {"States": {"A": {"Output": ["{% 1 + %}", "{% 1 %}"], "Assign": {"x": "{% ( %}"}}}}
    assert expressions.faults(definition) == [
        ("S0207: Unexpected end of expression", "/States/A/Output[0]"),
        ('S0203: Expected ")" before end of expression', "/States/A/Assign/x"),
    ]
