"""TPL2."""

import json
import re
import tarfile
from pathlib import Path

import aws_cdk
import cdk_nag
import pytest

from guardrails.ml_lens.known_types import HARMLESS, RULE, packed_types, ruled_types


def archive(package, name):
    [found] = (Path(package.__file__).parent / "_jsii").glob(name)
    return tarfile.open(found)


def test_a_type_that_no_rule_reads_is_found(found_in):
    assert len(found_in(RULE, {"It": {"Type": "AWS::GameLift::Fleet"}})) == 1
    assert len(found_in(RULE, {"It": {"Type": "Vendor::Thing::Type"}})) == 1


@pytest.mark.parametrize("type_", ["AWS::S3::Bucket", "AWS::Glue::Table", "Custom::Ours"])
def test_a_known_one_passes(found_in, type_):
    assert found_in(RULE, {"It": {"Type": type_}}) == []


def test_no_type_needs_no_rule_and_has_one():
    assert not set(HARMLESS) & (packed_types() | ruled_types())


def test_the_types_of_the_packs_are_those_that_their_rules_ask_for():
    with archive(aws_cdk, "aws-cdk-lib@*.tgz") as files:
        listed = files.extractfile("package/cloudformation-include/cfn-types-2-classes.json")
        assert listed
        classes = {c.partition("/")[2].replace("-", "_"): t for t, c in json.load(listed).items()}
    asked = re.compile(r"instanceof\s+(?:aws_cdk_lib_1\.)?(aws_\w+?)(?:_1)?\.(Cfn\w+)")
    with archive(cdk_nag, "cdk-nag@*.tgz") as files:
        rules = [m for m in files.getmembers() if re.search(r"lib/rules/.*\.js$", m.name)]
        sources = [extracted.read().decode() for m in rules if (extracted := files.extractfile(m))]
    found = {f"{m[1]}.{m[2]}" for source in sources for m in asked.finditer(source)}
    assert {classes[name] for name in found if name in classes} == packed_types()
