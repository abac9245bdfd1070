"""The share of calls that fails in the container, as CloudWatch reckons it from what it is told."""

import pytest

from sandbox.services.cloudwatch.metric_math import evaluate
from testing.templates import of_type

ERRORS = ("Invocation5XXErrors", "Invocation4XXErrors", "InvocationModelErrors")


@pytest.fixture(scope="module")
def queries(template):
    """Read what the alarm asks CloudWatch."""
    alarms = of_type(template("ModelHosting"), "AWS::CloudWatch::Alarm").values()
    (alarm,) = [each for each in alarms if each["AlarmName"] == "ModelHosting-Failing"]
    return alarm["Metrics"]


@pytest.mark.parametrize(
    ("calls", "percent"),
    [
        ([(0, 0, 0)] * 40, 0),
        ([(1, 0, 1)] * 10 + [(0, 0, 0)] * 30, 25),  # a model error of 500 is one failure, not two
        ([(0, 1, 1)] * 30 + [(0, 0, 0)] * 10, 0),  # what was refused is the caller's
        ([(0, 0, 1)] * 4 + [(0, 0, 0)] * 36, 10),  # hung up, or too late: no status at all
        ([(1, 0, 1), (0, 0, 1), (0, 1, 1), (0, 0, 0)] * 10, 50),
        ([(1, 0, None)] * 20 + [(0, 0, None)] * 20, 50),  # asynchronous: no model errors
        ([(1, 0, 1)] * 19, 0),  # too few to say anything
    ],
)
def test_failures_are_counted_once_and_refusals_never(queries, calls, percent):
    told = dict(zip(ERRORS, zip(*calls, strict=True), strict=True))
    asked = [
        query["MetricStat"] | {"Id": query["Id"]} for query in queries if "MetricStat" in query
    ]
    values = {query["Id"]: reckoned(query["Stat"], told, query["Metric"]) for query in asked}
    (expression,) = [query["Expression"] for query in queries if "Expression" in query]
    assert evaluate(expression, values) == percent


def reckoned(stat, told, metric):
    """Reckon a statistic of what was told; CloudWatch knows nothing of what was not."""
    samples = [each for each in told[metric["MetricName"]] if each is not None]
    if not samples:
        return None
    return {"Sum": float(sum(samples)), "SampleCount": float(len(samples))}[stat]
