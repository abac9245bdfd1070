"""Log lines become metrics, metrics become alarms, and alarms tell people."""

import datetime as dt
import json
import time
from typing import Any

import pytest

from sandbox.services.cloudwatch import alarms, embedded_metrics

LINE: dict[str, Any] = {
    "_aws": {
        "Timestamp": 1_700_000_000_000,
        "CloudWatchMetrics": [
            {
                "Namespace": "Shop",
                "Dimensions": [["service"], ["service", "reason"]],
                "Metrics": [{"Name": "Faces", "Unit": "Count"}, {"Name": "Confidence"}],
            }
        ],
    },
    "service": "retail",
    "reason": "small",
    "Faces": 3,
    "Confidence": [90.0, 95.5],
}


@pytest.fixture
def total(sandbox):
    """Sum a metric over the last hour, None when it has no data."""

    def read(namespace, name, statistic="Sum", **dimensions):
        now = sandbox.now()
        points = sandbox.client("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()],
            StartTime=now - dt.timedelta(hours=1),
            EndTime=now + dt.timedelta(minutes=1),
            Period=7200,
            Statistics=[statistic],
        )["Datapoints"]
        return sum(point[statistic] for point in points) if points else None

    return read


def test_an_embedded_metric_is_read_for_each_set_of_dimensions():
    found = list(embedded_metrics.extract(json.dumps(LINE), 0))
    assert [(d.name, sorted(d.dimensions), d.values) for d in found] == [
        ("Faces", ["service"], [3.0]),
        ("Confidence", ["service"], [90.0, 95.5]),
        ("Faces", ["reason", "service"], [3.0]),
        ("Confidence", ["reason", "service"], [90.0, 95.5]),
    ]
    assert {d.timestamp for d in found} == {1_700_000_000.0}
    assert found[0].unit == "Count"


@pytest.mark.parametrize("line", ["", "hello", '{"a": 1}', '{"_aws": ', "START RequestId: 1"])
def test_an_ordinary_line_has_no_metrics(line):
    assert list(embedded_metrics.extract(line, 0)) == []


def test_a_functions_embedded_metrics_are_read_back(function, invoke, total, unique):
    line = LINE | {"service": unique("service")}
    line["_aws"] = {**LINE["_aws"], "Timestamp": int(time.time() * 1000)}
    rights = [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]
    name = function(f"def handler(event, context): print('''{json.dumps(line)}''')", policy=rights)
    invoke(name)
    assert total("Shop", "Faces", service=line["service"]) == 3
    assert total("Shop", "Confidence", service=line["service"]) == 185.5
    assert total("AWS/Lambda", "Invocations", FunctionName=name) == 1


def test_metrics_are_lost_with_the_log_lines_that_hold_them(function, invoke, total, unique):
    line = LINE | {"service": unique("service")}
    line["_aws"] = {**LINE["_aws"], "Timestamp": int(time.time() * 1000)}
    invoke(function(f"def handler(event, context): print('''{json.dumps(line)}''')"))
    assert total("Shop", "Faces", service=line["service"]) is None


def test_a_message_in_a_dead_letter_queue_reaches_a_person(sandbox, unique, eventually, total):
    sqs, sns = sandbox.client("sqs"), sandbox.client("sns")
    name, inbox = unique("dead"), unique("inbox")
    dead = sqs.create_queue(QueueName=name)["QueueUrl"]
    told = sqs.create_queue(QueueName=inbox)["QueueUrl"]
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=told, AttributeNames=["QueueArn"])
    arn = arn["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=told, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    alarm = unique("alarm")
    sandbox.client("cloudwatch").put_metric_alarm(
        AlarmName=alarm,
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": name}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
    )

    def state():
        [found] = sandbox.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
        return found["StateValue"]

    eventually(lambda: state() == "OK")
    sqs.send_message(QueueUrl=dead, MessageBody="x")
    eventually(lambda: state() == "ALARM")
    [message] = eventually(lambda: sqs.receive_message(QueueUrl=told).get("Messages"))
    assert json.loads(json.loads(message["Body"])["Message"])["NewStateValue"] == "ALARM"
    assert total("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName=name) == 1


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        ("missing", "INSUFFICIENT_DATA"),
        ("notBreaching", "OK"),
        ("breaching", "ALARM"),
        ("ignore", None),
    ],
)
def test_missing_data_is_treated_as_the_alarm_says(missing, state):
    alarm = {
        "Namespace": "None",
        "MetricName": "None",
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
        "TreatMissingData": missing,
    }
    assert alarms.judge(alarm, time.time())[0] == state
