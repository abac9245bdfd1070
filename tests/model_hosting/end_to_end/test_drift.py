"""Requests that are captured are compared with what was learnt; a shift asks for another model."""

import json
from datetime import datetime, timedelta

import pytest

from testing.deployments import ends
from testing.model_archive import visits

ROWS, A_REQUEST = 600, 100
RETRAINING = {"source": ["model_training.ModelTraining-prod"]}


@pytest.fixture
def wishes(hosting):
    """Hear whoever is asked for another model."""
    events, sqs = hosting.sandbox.client("events"), hosting.sqs
    url = sqs.create_queue(QueueName="wishes-of-drift")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    rule = events.put_rule(Name="wishes-of-drift", EventPattern=json.dumps(RETRAINING))["RuleArn"]
    sqs.set_queue_attributes(
        QueueUrl=url,
        Attributes={
            "Policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "sqs:SendMessage",
                            "Resource": arn,
                            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
                        }
                    ],
                }
            )
        },
    )
    events.put_targets(Rule="wishes-of-drift", Targets=[{"Id": "Queue", "Arn": arn}])
    heard = []

    def read():
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                heard.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return heard

    yield read
    events.remove_targets(Rule="wishes-of-drift", Ids=["Queue"])
    events.delete_rule(Name="wishes-of-drift")
    sqs.delete_queue(QueueUrl=url)


class Traffic:
    """Asks, waits until what was asked is captured, and has the machine look at it."""

    def __init__(self, hosting):
        self.hosting, self.states = hosting, hosting.sandbox.client("stepfunctions")
        self.bucket = hosting.outputs["CapturesBucketName"]

    def ask(self, seed, **changed):
        """Send rows, in which a feature may be another; gives the keys of what was captured."""
        before = set(self.captured())
        rows = [{**row, **{n: change(row[n]) for n, change in changed.items()}}
                for row in visits(ROWS, seed)]  # fmt: skip
        for start in range(0, ROWS, A_REQUEST):
            body = json.dumps({"rows": rows[start : start + A_REQUEST]}).encode()
            status, told = self.hosting.predict(body)
            assert status == 200, told
        self.hosting.wait_for(lambda: self.rows(set(self.captured()) - before) == ROWS)
        return sorted(set(self.captured()) - before)

    def captured(self):
        """List what was captured, by key."""
        return self.hosting.keys("CapturesBucketName", "captured/")

    def rows(self, keys):
        """Count the rows of captured files."""
        lines = [line for key in keys for line in self.read(key).splitlines()]
        inputs = [json.loads(line)["captureData"]["endpointInput"]["data"] for line in lines]
        return sum(len(json.loads(each)) for each in inputs)

    def read(self, key):
        """Read a captured file."""
        return self.hosting.download("CapturesBucketName", key).decode()

    def an_hour_later(self, keys):
        """Move captured records into the next hour, as nobody waits for one."""
        for key in keys:
            lines = [json.loads(line) for line in self.read(key).splitlines()]
            for line in lines:
                at = datetime.fromisoformat(line["eventMetadata"]["inferenceTime"])
                later = f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
                line["eventMetadata"]["inferenceTime"] = later
            hour = hour_of(key) + timedelta(hours=1)
            moved = f"{key.rsplit('/', 5)[0]}/{hour:%Y/%m/%d/%H}/{key.rpartition('/')[2]}"
            body = "".join(f"{json.dumps(line)}\n" for line in lines)
            self.hosting.upload("CapturesBucketName", moved, body.encode())
            self.hosting.s3.delete_object(Bucket=self.bucket, Key=key)

    def look_at(self, hour):
        """Run the machine as its clock would, for the window that begins so; gives its report."""
        at = f"{hour + timedelta(hours=1, minutes=20):%Y-%m-%dT%H:%M:%SZ}"
        begun = self.states.start_execution(
            stateMachineArn=self.hosting.outputs["WatchStateMachineArn"],
            input=json.dumps({"time": at, "detail-type": "Scheduled Event"}),
        )["executionArn"]

        def ended():
            found = self.states.describe_execution(executionArn=begun)
            return found if found["status"] != "RUNNING" else None

        self.hosting.wait_for(ended, seconds=90)
        found = ended()
        assert found["status"] == "SUCCEEDED", (found.get("cause"), self.hosting.sandbox.problems())
        told = json.loads(found["output"])
        place = f"drift/day={hour:%Y-%m-%d}/window={hour:%Y%m%d%H}"
        report = json.loads(self.hosting.download("CapturesBucketName", f"{place}/report.json"))
        return told, report


def hour_of(key):
    """Tell the hour that a captured file is in."""
    *_, year, month, day, hour, _name = key.split("/")
    return datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:00:00+00:00")


def state_of(hosting, alarm):
    name = f"{hosting.outputs['EndpointName'].replace('modelhosting', 'ModelHosting')}-{alarm}"
    found = hosting.sandbox.client("cloudwatch").describe_alarms(AlarmNames=[name])
    return found["MetricAlarms"][0]["StateValue"]


def test_requests_as_they_were_learnt_ask_for_nothing_and_shifted_ones_for_another_model(
    hosting, trainer, wishes
):
    ends(hosting, trainer, trainer.register(), "SUCCEEDED")
    traffic = Traffic(hosting)

    # As they were: no alarm, no wish; the same window once more is left alone.
    keys = traffic.ask(seed=21)
    hour = hour_of(keys[0])
    told, report = traffic.look_at(hour)
    assert (report["rows"], report["judged"]) == (ROWS, True), report
    assert told["drifted"] is False, report
    assert traffic.look_at(hour)[0] == {}
    assert state_of(hosting, "Drifted") != "ALARM"

    # Ten degrees warmer, an hour later; and a record that is none.
    shifted = traffic.ask(seed=22, temperature=lambda t: None if t is None else t + 10)
    traffic.an_hour_later(shifted)
    later = hour_of(shifted[0]) + timedelta(hours=1)
    torn = f"{keys[0].rsplit('/', 5)[0]}/{later:%Y/%m/%d/%H}/torn.jsonl"
    hosting.upload("CapturesBucketName", torn, b'{"captureData":\n')
    told, report = traffic.look_at(later)
    assert told["drifted"] is True, report
    drifted = {each["feature"] for each in report["findings"] if each["drifted"]}
    assert "temperature" in drifted
    assert not drifted & {"hour", "is_weekend", "store", "age_band", "receipts"}
    assert report["reasons"] == {"the record is no JSON": 1}
    assert traffic.look_at(later)[0] == {}

    hosting.wait_for(lambda: state_of(hosting, "Drifted") == "ALARM")
    hosting.wait_for(wishes)
    (wish,) = wishes()
    assert wish["detail-type"] == "Retraining Requested"
    assert "temperature" in wish["detail"]["features"]
    assert wish["detail"]["record"].endswith("/report.json")
