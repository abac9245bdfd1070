"""Alarms say what happened, how bad it is and what to do, and lead to a heading that is there."""

import re
from itertools import product
from pathlib import Path

import pytest

from app import build_app  # noqa: F401 - first of ours: it chooses the Node that aws_cdk starts
from docs.alarms import alarms_of
from stacks.registry import ARCHITECTURES, snake_case
from stacks.shared.alarm import anchor

ROOT = Path(__file__).parents[2]
MOST_CHARACTERS = 1024  # that CloudWatch takes as a description
EVERYTHING = {
    "RetailDemographics": {},
    "ServiceChain": {"service_chain.speak": True},
}


@pytest.fixture(scope="module", params=product(ARCHITECTURES, (False, True)), ids=str)
def found(request, variant):
    """Give the alarms of an architecture, by default and with everything on."""
    name, all_on = request.param
    overrides = EVERYTHING.get(name, {}) if all_on else {}
    return name, variant(name, overrides=overrides)


def test_every_alarm_leads_to_a_heading_of_its_architectures_page(found):
    name, template = found
    page = ROOT / "docs" / f"{snake_case(name)}.md"
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    alarms = alarms_of(template, name)
    assert alarms
    for said in alarms.values():
        assert ROOT / said["page"] == page
        assert said["anchor"] in map(anchor, headings)
        assert said["severity"] in ("high", "low")
        assert len(said[0]) <= MOST_CHARACTERS


def test_no_two_alarms_ring_for_the_same_thing(found):
    _, template = found
    watched = [
        metric
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
        for metric in {
            str(query["MetricStat"]["Metric"])
            for query in resource["Properties"]["Metrics"]
            if "MetricStat" in query
        }
    ]
    assert len(watched) == len(set(watched))


def test_an_alarm_of_an_express_machine_counts_only_what_can_happen_to_it(found):
    """Nobody can stop one: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html."""
    _, template = found
    resources = template["Resources"]
    for alarm in resources.values():
        if alarm["Type"] != "AWS::CloudWatch::Alarm":
            continue
        for metric in alarm["Properties"]["Metrics"]:
            watched = metric.get("MetricStat", {}).get("Metric", {})
            if watched.get("Namespace") == "AWS/States":
                (machine,) = (d["Value"]["Fn::GetAtt"][0] for d in watched["Dimensions"])
                express = resources[machine]["Properties"]["StateMachineType"] == "EXPRESS"
                assert not (express and watched["MetricName"] == "ExecutionsAborted")
                assert watched["MetricName"] != "ExecutionThrottled"


def test_the_link_goes_where_the_pages_are(variant):
    places = {"alarms.pages": "https://git.example.com/ml/docs"}
    for said in alarms_of(variant("ServiceChain", overrides=places), "ServiceChain").values():
        assert said["page"] == "https://git.example.com/ml/docs/service_chain.md"


def test_an_alarm_without_words_is_named():
    silent = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "Toy-Silent"}}
    with pytest.raises(ValueError, match="the alarm Silent of Toy is not described"):
        alarms_of({"Resources": {"Silent": silent}}, "Toy")
