"""ACC12."""

import json

import pytest

from guardrails.ml_lens.device_policies import POLICIES, RULE
from guardrails.ml_lens.examples import document, one, statement

THING = "${!iot:Connection.Thing.ThingName}"


@pytest.mark.parametrize(
    ("topic", "count"),
    [
        (f"topic/birds/{THING}", 0),
        (f"topic/birds/{THING}/*", 0),
        (f"topicfilter/birds/{THING}/#", 0),
        ("topic/birds/all", 0),
        ("topic/birds/*", 1),
        (f"topic/birds/*/{THING}", 1),
        ("topicfilter/birds/+/sightings", 1),
        ("client/${!iot:ClientId}", 1),
    ],
)
def test_a_pattern_begins_with_the_thing(found_in, topic, count):
    arn = {"Fn::Sub": f"arn:${{AWS::Partition}}:iot:${{AWS::Region}}:${{AWS::AccountId}}:{topic}"}
    policy = document({**statement("iot:Publish", "*"), "Resource": arn})
    assert len(found_in(RULE, one(POLICIES[0], PolicyDocument=policy))) == count


def test_a_policy_inside_of_a_template_of_provisioning_is_read(found_in):
    policy = json.dumps(document(statement("iot:Publish", "arn:x:iot:y:z:topic/*")))
    body = {"Resources": {"p": {"Properties": {"PolicyDocument": policy}}}}
    assert len(found_in(RULE, one(POLICIES[1], TemplateBody=json.dumps(body)))) == 1


def test_one_that_nobody_can_read_is_found(found_in):
    assert len(found_in(RULE, one(POLICIES[1], TemplateBody={"Fn::ImportValue": "body"}))) == 1
