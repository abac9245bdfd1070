"""REL9: an alarm watches a measure of one thing."""

import re
from collections.abc import Iterator

from guardrails.intrinsics import items, plain, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.patterns import is_exact
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

ALARM = "AWS::CloudWatch::Alarm"
# An expression that finds its measures by itself.
SEARCHES = re.compile(r"\b(FROM|SEARCH)\b", re.IGNORECASE)


def check(_template: Template, alarm: Resource) -> Iterator[Finding]:
    """Yield alarms without an operator, and those that name no measure, or one of no thing."""
    yield from (Finding(alarm.logical_id, *problem) for problem in _deaf(alarm))


def _deaf(alarm: Resource) -> Iterator[tuple[str, str]]:
    if not alarm.at("ComparisonOperator"):
        yield "Properties.ComparisonOperator", "is not set"
    queries = [plain(query) for query in items(alarm.at("Metrics"))]
    measures = [
        plain(plain(q["MetricStat"]).get("Metric") or {}) for q in queries if "MetricStat" in q
    ]
    if not queries:
        measures = [alarm.properties]
    elif not measures and not any(
        SEARCHES.search(text(q.get("Expression") or "")) for q in queries
    ):
        yield "Properties.Metrics", "names no measure"
    for measure in measures:
        named = [measure.get("MetricName"), measure.get("Namespace")]
        for dimension in map(plain, items(measure.get("Dimensions"))):
            named += [dimension.get("Name"), dimension.get("Value")]
        if not all(name and is_exact(text(name)) for name in named):
            yield "Properties.Metrics", "names no measure of one thing"


_MEASURE = {
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "ComparisonOperator": "GreaterThanThreshold",
}
RULE = Rule(
    id="MlLens-REL9",
    practice="MLOPS06-BP02",
    message="an alarm must watch one thing",
    fix="name the measure, its namespace and the resource in its dimensions",
    check=per_resource((ALARM,), check),
    types=(ALARM,),
    compliant=one(ALARM, **_MEASURE),
    violating=one(ALARM, **_MEASURE, Dimensions=[{"Name": "FunctionName", "Value": "*"}]),
)
