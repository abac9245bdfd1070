"""The pack as a whole."""

import json
import re
import tarfile
from functools import cache
from pathlib import Path

import aws_cdk
import pytest

from guardrails import ml_lens
from guardrails.assembly import TemplateFile
from guardrails.ml_lens import RULES, findings, inspect
from guardrails.ml_lens.practices import PRACTICES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_names_its_practice_and_its_remedy(rule):
    assert re.fullmatch(r"MlLens-[A-Z]+\d+", rule.id)
    assert rule.practice in PRACTICES
    assert rule.message == rule.message[0].lower() + rule.message[1:]
    assert rule.fix


def test_no_practice_is_named_that_no_rule_stands_on():
    assert {rule.practice for rule in RULES} == set(PRACTICES)


def test_ids_are_unique():
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_empty_template_breaks_no_rule(rule):
    assert list(findings(rule, {"Resources": {}})) == []


def test_each_rule_has_a_file_of_tests_with_its_name():
    ours = Path(ml_lens.__file__).parent
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    ruled = {path.stem for path in ours.glob("*.py") if "RULE = Rule(" in path.read_text("utf-8")}
    assert len(ruled) == len(RULES)
    assert ruled <= tests


def test_a_finding_says_what_is_wrong_where_and_how_to_mend_it(tmp_path):
    template = {"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {}}}}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(template))
    [retention] = [v for v in inspect(TemplateFile(path)) if v.rule == "MlLens-RET1"]
    assert retention.rule == "MlLens-RET1"
    assert retention.logical_id == "Logs"
    assert "MLSEC03-BP05" in retention.message
    assert "Properties.RetentionInDays" in retention.message
    assert "retention" in (retention.fix or "")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_passes_its_good_example_and_finds_its_bad_one(rule):
    assert rule.compliant
    assert list(findings(rule, {"Resources": rule.compliant})) == []
    assert list(findings(rule, {"Resources": rule.violating})) != []


@cache
def cloudformation_types():
    """Every type that CDK has a construct for, from the file that it ships."""
    [archive] = (Path(aws_cdk.__file__).parent / "_jsii").glob("aws-cdk-lib@*.tgz")
    with tarfile.open(archive) as files:
        listed = files.extractfile("package/cloudformation-include/cfn-types-2-classes.json")
        assert listed
        return frozenset(json.load(listed))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_reads_types_that_cloudformation_has(rule):
    assert set(rule.types) <= cloudformation_types()
