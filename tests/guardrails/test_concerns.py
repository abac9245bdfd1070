"""Every id that a concern acknowledges is one that its pack can raise."""

import json
import tarfile
from functools import cache
from pathlib import Path

import aws_cdk
import cdk_nag
import pytest
from cloudformation_validate import CompositeEngine

from guardrails import CONCERNS
from guardrails.ml_lens import RULES
from guardrails.native_validation import IGNORED
from guardrails.packs import ALWAYS_ON, NAG_PACKS

FILES = {
    "AwsSolutions": "aws-solutions",
    "NIST.800.53.R5": "nist-800-53-r5",
    "Serverless": "serverless",
    "HIPAA.Security": "hipaa-security",
    "PCI.DSS.321": "pci-dss-321",
}


def in_archive(package, member):
    """Read one file of the JavaScript that a jsii package brings."""
    [archive] = (Path(package.__file__).parent / "_jsii").glob("*.tgz")
    with tarfile.open(archive) as files:
        extracted = files.extractfile(f"package/{member}")
        assert extracted
        return extracted.read().decode()


@cache
def source(pack):
    return in_archive(cdk_nag, f"lib/packs/{FILES[pack]}.js")


@pytest.mark.parametrize("concern", CONCERNS)
def test_each_rule_of_a_concern_exists(concern):
    assert CONCERNS[concern].rules
    for pack, rules in CONCERNS[concern].rules.items():
        assert pack in {*NAG_PACKS, *ALWAYS_ON}
        for rule in rules:
            assert rule.startswith(f"{pack}-")
            name = rule.removeprefix(f"{pack}-").partition("[")[0]
            if pack in NAG_PACKS:
                assert f".{name}," in source(pack) or f"Override: '{name}'" in source(pack)
            else:
                assert rule in {known.id for known in RULES}


def test_a_pattern_of_findings_accepts_its_own_defaults():
    assert all(c.default_findings == () or c.finding_pattern for c in CONCERNS.values())


def test_the_native_rules_that_are_ignored_exist_and_are_those_that_cdk_ignores():

    assert set(IGNORED) <= {rule.id for rule in CompositeEngine().list_rules()}
    text = in_archive(aws_cdk, "core/lib/validation/cloudformation-validate-plugin.js")
    at = text.index('"W3005"')
    assert set(json.loads("[" + text[at : text.index("]", at)] + "]")) == set(IGNORED)


def test_each_concern_is_waived_by_a_stack_or_by_the_sample():
    root = Path(__file__).parents[2]
    paths = (p for folder in ("stacks", "tests/guardrails") for p in (root / folder).rglob("*.py"))
    used = "\n".join(path.read_text("utf-8") for path in paths)
    assert [name for name in CONCERNS if f'"{name}"' not in used] == []
