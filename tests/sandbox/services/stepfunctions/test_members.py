"""What names a variable or its members comes to what the reference implementation says of it."""

import json

from hypothesis import assume, example, given
from hypothesis import strategies as st

from sandbox.services.stepfunctions import evaluator, members

NAMES = st.sampled_from(
    (
        *("a", "b", "_c", "and", "in", "true", "null", "function", "length", "sequence", "value"),
        *("1", "01", "é", "x-y"),
        *("__proto__", "constructor", "_jsonata_lambda", "_jsonata_function"),
    )
)
NUMBERS = st.one_of(st.integers(-(2**54), 2**54), st.floats(allow_nan=False, allow_infinity=False))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=4))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(NAMES, st.text(max_size=2)), inner)
    ),
    max_leaves=8,
)


@st.composite
def paths(draw):
    """Draw a value, and a path that often leads into it."""
    value, names = draw(VALUES), ["v"]
    part = value
    while isinstance(part, dict) and part and draw(st.booleans()):
        names.append(draw(st.sampled_from(sorted(part))))
        part = part[names[-1]]
    names += draw(st.lists(NAMES, max_size=1))
    return f"${'.'.join(names)}", value


@given(asked=paths())
@example(asked=("$v.a", {"a": [1]}))
@example(asked=("$v.a", {"a": []}))
@example(asked=("$v.a", {"a": [[1.0, -0.0]]}))
@example(asked=("$v.a.b", {"a": [{"b": 1}]}))
@example(asked=("$v.a", {"a": {"b": 1, "1": 2}}))
@example(asked=("$v.a", {"a": 9007199254740993}))
@example(asked=("$v.a", {"a": "\ud83d\ude00"}))
@example(asked=("$v.a.length", {"a": "text"}))
@example(asked=("$v.constructor", {"a": 1}))
@example(asked=("$v", [1]))
def test_what_is_found_is_what_the_reference_says(asked):
    expression, value = asked
    found = members.found(expression, {"v": value})
    assume(found is not None)
    (said,) = evaluator.shared.evaluate([expression], {"v": value})
    # As text, because Python takes 1, 1.0 and true for the same, and keys in any order.
    assert json.dumps(found) == json.dumps(said)


def test_what_a_machine_passes_on_is_found():
    known = {"states": {"input": {"reply": {"ok": True, "texts": ["é", 1.5]}}}, "n": 2.0}
    for expression, value in (
        ("$states.input.reply", {"ok": True, "texts": ["é", 1.5]}),
        ("$states.input.reply.texts", ["é", 1.5]),
        ("$n", 2),
    ):
        assert members.found(expression, known) == {"value": value}
    for expression in ("$states.input.nothing", "$m", "$n + 1", "n", "$states.input.reply.texts.a"):
        assert members.found(expression, known) is None


def test_what_is_found_is_a_copy():
    known = {"list": [1]}
    found = members.found("$list", known)
    assert found is not None
    found["value"].append(2)
    assert known == {"list": [1]}
