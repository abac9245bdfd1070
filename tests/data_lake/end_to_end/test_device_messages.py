"""The lake that listens to devices: what they say is modeled, set aside, or waits to be heard."""

import json
import re
from datetime import UTC, datetime

import pytest
from awscrt.exceptions import AwsCrtError

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import json_lines
from fixtures.retail.visits import visits
from sandbox.host.environment import REGION
from testing.device import Device
from testing.page_commands import typed
from testing.person import POLICIES
from testing.rights import Rights

STACK = "DataLake-prod"
TOPIC = "lake/retail_visits/door-1"
UNDELIVERED = "MessagesUndeliveredQueueUrl"


@pytest.fixture(scope="module")
def listening(deployed):
    lake = deployed(stage="prod", **{"data_lake.stream_source": "iot"})
    yield lake
    lake.sandbox.destroy("DataLake", app=lake.app)  # others have another lake at this stage


@pytest.fixture(scope="module")
def rights(listening):
    return Rights(listening.sandbox, STACK)


def messages(count, seed):
    return list(
        json_lines(Delivery(each.visit) for each in visits(count, datetime.now(UTC), seed=seed))
    )


def say(lake, *payloads, topic=TOPIC):
    device = lake.sandbox.client("iot-data")
    for payload in payloads:
        device.publish(topic=topic, qos=1, payload=payload)


def modeled(lake):
    return {row["id"] for row in lake.ask("SELECT visit_id AS id FROM retail_visits")}


def ids(payloads):
    return {json.loads(payload)["visit_id"] for payload in payloads}


def test_what_a_device_says_is_modeled_and_what_is_malformed_is_in_quarantine_as_it_was(listening):
    good = messages(20, seed=71)
    twice = good[0].replace(b"{", b'{"Store": "x", ', 1)
    not_finite = good[1].replace(b'"temperature": ', b'"temperature": NaN, "x": ')
    say(listening, *good, b'{"visit_id": "cut', twice, not_finite, b"\xff", b"")
    say(listening, good[0], topic="lake/nobody/door-1")
    say(listening, good[0], topic="elsewhere/retail_visits/door-1")  # nobody listens there
    listening.wait_for(lambda: modeled(listening) == ids(good))
    found = "SELECT dataset, reason, record FROM quarantine"
    listening.wait_for(lambda: len(listening.ask(found)) == 6)
    rows = listening.ask(found)
    assert sorted((row["dataset"], row["reason"]) for row in rows) == [
        ("retail_visits", "ambiguous_columns"),
        ("retail_visits", "malformed"),
        ("retail_visits", "not_finite"),
        ("unknown", "malformed"),
        ("unknown", "no_such_dataset"),
        ("unknown", "not_text"),
    ]
    assert '{"visit_id": "cut' in {row["record"] for row in rows}
    assert listening.sandbox.problems() == []


def test_what_the_rule_cannot_put_waits_rings_and_is_modeled_after_its_redrive(listening, rights):
    (put,) = [right for right in rights.of("StreamMessages") if right.action == "kinesis:PutRecord"]
    said = messages(3, seed=72)
    with rights.without(put):
        say(listening, *said)
        assert listening.depth(listening.outputs[UNDELIVERED]) == 3
    listening.wait_for(lambda: "DataLake-prod-UndeliveredMessagesFailed" in ringing(listening))
    for option in (" --dry-run", ""):
        told = typed(listening.sandbox, f"python -m operations redrive {STACK}{option}")
        assert re.search(UNDELIVERED + r" +3 +replayed to ", told)
    listening.wait_for(lambda: ids(said) <= modeled(listening))
    assert listening.depth(listening.outputs[UNDELIVERED]) == 0
    listening.sandbox.forget_problems()


def test_each_right_of_the_rule_is_needed(listening, rights, subtests):
    found = rights.of("StreamMessages")
    (put,) = [right for right in found if right.action == "kinesis:PutRecord"]
    assert len(found) == 5
    for right in found:
        # What cannot be put goes to the queue, for which alone the others are.
        to_queue = right.action.startswith("sqs:") or right.on.endswith(" for sqs")
        with subtests.test(right=str(right)):
            listening.sandbox.forget_problems()
            with rights.without(right, *([put] if to_queue else [])):
                say(listening, *messages(1, seed=73))
            assert rights.refusal(right).search(json.dumps(listening.sandbox.problems()))
    listening.sandbox.forget_problems()


@pytest.fixture
def door(listening):
    """Make a device that has the policy of the docs."""
    _, partition, *_, account, _ = (
        listening.sandbox.client("sts").get_caller_identity()["Arn"].split(":")
    )
    place = {"partition": partition, "region": REGION, "account": account}
    text = (POLICIES / "device.json").read_text(encoding="utf-8")
    policy = re.sub("<([^>]+)>", lambda found: place[found[1]], text)
    with Device(listening.sandbox, "door-1", policy) as device:
        yield device


def test_who_has_the_policy_of_a_device_speaks_of_itself_alone(listening, door):
    (own,) = messages(1, seed=74)
    with door.connect() as connected:
        connected.say(TOPIC, own)
    with pytest.raises(AwsCrtError):
        door.connect("door-2")
    for topic in (
        "lake/retail_visits/door-2",
        "lake/retail_purchases/door-1",
        f"$aws/rules/{listening.outputs['TopicRuleName']}/{TOPIC}",
    ):
        with door.connect() as connected, pytest.raises(AwsCrtError):
            connected.say(topic, own)
    with door.connect() as connected, pytest.raises(AwsCrtError):
        connected.hear(TOPIC, lambda *_: None)
    listening.wait_for(lambda: ids([own]) <= modeled(listening))
    listening.sandbox.forget_problems()


def ringing(lake):
    found = lake.sandbox.client("cloudwatch").describe_alarms(StateValue="ALARM")
    return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]
