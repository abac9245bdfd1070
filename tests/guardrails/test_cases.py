"""Faults of one resource each: the guardrails find the bad one, and not the good one."""

# Each case is written typed and generic, since what is deployed is the same text. They are stacks
# of one app, whose report says which stack has which findings.

import json
from collections import defaultdict
from pathlib import Path

import pytest
from aws_cdk import CfnCondition, CfnParameter, CfnResource, Fn, Stack
from aws_cdk.cloudformation_include import CfnInclude

from guardrails import guard
from guardrails.report import REPORT

FILE = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))
CASES = {case["name"]: case for case in FILE["cases"]}
UNTYPABLE = "CDK"
# Faults of low severity that no rule refuses, and why not.
ACCEPTED = {
    "custom resource of a foreign provider": "what a provider does with its properties is its own"
    " affair: its function and its role are judged where they are defined",
}


def template(case, kind):
    """Write the template of one case as CloudFormation gets it."""
    named = case.get("id", "Case")
    resource = {"Type": case["type"], "Properties": case[kind]}
    return {
        **({"Parameters": case["parameters"]} if "parameters" in case else {}),
        **({"Conditions": case["conditions"]} if "conditions" in case else {}),
        "Resources": {**FILE["common"], **case.get("beside", {}), named: resource},
    }


def untypable(app, file):
    """Say why CDK itself refuses a template whose properties have another shape."""
    try:
        CfnInclude(Stack(app, "Stack", analytics_reporting=False), "It", template_file=str(file))
        app.synth()
    except RuntimeError as error:
        return str(error).partition("\n")[0]
    return None


def generic(stack, document):
    for name, body in document.get("Parameters", {}).items():
        CfnParameter(stack, name, type=body["Type"], default=body.get("Default"))
    for name in document.get("Conditions", {}):
        CfnCondition(stack, name, expression=Fn.condition_equals(Fn.ref("AWS::Region"), "x"))
    for name, body in document["Resources"].items():
        resource = CfnResource(stack, name, type=body["Type"])
        resource.override_logical_id(name)
        for property_, value in body.get("Properties", {}).items():
            resource.add_override(f"Properties.{property_}", value)


@pytest.fixture(scope="module")
def findings(make_app, tmp_path_factory):
    """Return the findings by (form, kind, name of the case), each as (rule, logical id)."""
    directory = tmp_path_factory.mktemp("cases")
    app = make_app(directory / "out")
    stacks, found = {}, defaultdict(set)
    for number, case in enumerate(CASES.values()):
        for kind in ("good", "bad"):
            document = template(case, kind)
            for form in ("typed", "generic"):
                name = f"{form.title()}{kind.title()}{number}"
                stack = Stack(app, name, analytics_reporting=False)
                stacks[name] = form, kind, case["name"]
                if form == "generic":
                    generic(stack, document)
                    continue
                file = directory / f"{name}.json"
                file.write_text(json.dumps(document))
                if refusal := untypable(make_app(directory / f"{name}.out"), file):
                    found[stacks[name]].add((UNTYPABLE, refusal))
                else:
                    CfnInclude(stack, "It", template_file=str(file))
    guard(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = json.loads(Path(app.outdir, REPORT).read_text("utf-8"))
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            for place in violation["violatingConstructs"]:
                stack, _, rest = place["constructPath"].partition("/")
                if stack not in stacks:
                    print("ODD", violation["ruleName"], violation["description"][:200], place)
                    continue
                key = violation["ruleName"], rest.rpartition("/")[2]
                found[stacks[stack]].add(key)
    return found


@pytest.mark.parametrize("form", ["typed", "generic"])
@pytest.mark.parametrize("name", [n for n in CASES if n not in ACCEPTED])
def test_a_fault_is_refused_however_it_is_written(findings, form, name):
    assert findings[form, "bad", name] - findings[form, "good", name]


@pytest.mark.parametrize("name", CASES)
def test_both_ways_of_writing_it_are_judged_alike(findings, name):
    typed, generic_ = (findings[form, "bad", name] for form in ("typed", "generic"))
    if UNTYPABLE not in {rule for rule, _ in typed}:
        assert typed == generic_


def test_only_faults_of_low_severity_are_accepted():
    assert {CASES[name]["severity"] for name in ACCEPTED} == {"low"}
