"""REL9."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.measured_alarms import ALARM, RULE

OPERATOR = {"ComparisonOperator": "GreaterThanThreshold"}
MEASURE = {"Namespace": "AWS/SQS", "MetricName": "NumberOfMessagesSent"}


def stat(**more):
    return {"Metrics": [{"Id": "m", "MetricStat": {"Metric": {**MEASURE, **more}}}]}


@pytest.mark.parametrize(
    ("alarm", "count"),
    [
        ({**OPERATOR, **MEASURE}, 0),
        ({**OPERATOR, **stat()}, 0),
        (MEASURE, 1),
        ({**OPERATOR, "Namespace": "AWS/SQS"}, 1),
        ({**OPERATOR, **stat(MetricName="*")}, 1),
        ({**OPERATOR, **stat(Dimensions=[{"Name": "QueueName"}])}, 1),
        ({**OPERATOR, "Metrics": [{"Id": "e", "Expression": "1"}]}, 1),
    ],
)
def test_an_alarm_watches_one_thing(found_in, alarm, count):
    assert len(found_in(RULE, one(ALARM, **alarm))) == count
