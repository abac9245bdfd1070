"""Metric math computes what CloudWatch computes, and refuses what it does not know."""

import pytest

from sandbox.services.cloudwatch.metric_math import UnsupportedExpressionError, evaluate, names

SHARE = "IF(a + FILL(r, 0) >= 20, 100 * FILL(r, 0) / (a + FILL(r, 0)), 0)"


@pytest.mark.parametrize(
    ("expression", "values", "result"),
    [
        (SHARE, {"a": 15, "r": 5}, 25),
        (SHARE, {"a": 30, "r": None}, 0),
        (SHARE, {"a": 1, "r": 1}, 0),
        (SHARE, {"a": None, "r": 3}, None),
        ("a / r", {"a": 1, "r": 0}, None),
        ("-a ^ 2", {"a": 3}, -9),
        ("SUM([a, r])", {"a": 3, "r": None}, 3),
        ("a > 1 AND r < 1", {"a": 3, "r": 0}, 1),
        ("MAX([a, r]) - ABS(a)", {"a": -3, "r": 5}, 2),
    ],
)
def test_an_expression_is_computed(expression, values, result):
    assert evaluate(expression, values) == result


@pytest.mark.parametrize(
    "expression", ["ANOMALY_DETECTION_BAND(a)", "RATE(a)", "a.b", "__import__('os')", "a +"]
)
def test_what_is_not_known_is_refused(expression):
    with pytest.raises(UnsupportedExpressionError, match="the sandbox does not have this"):
        names(expression)
