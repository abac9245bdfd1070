"""TPL1."""

import pytest

from guardrails.ml_lens import findings
from guardrails.ml_lens.judged_templates import REFUSED, RULE

HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}


@pytest.mark.parametrize(
    "template",
    [
        {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"H": HANDLE}},
        {"Transform": ["AWS::LanguageExtensions", "Ours"], "Resources": {"H": HANDLE}},
        {"Resources": {"Fn::Transform": {"Name": "AWS::Include"}, "H": HANDLE}},
        {"Resources": {"Fn::ForEach::Queues": ["Q", ["A"], {}]}},
        {"Resources": {"H": {**HANDLE, "Properties": {"A": {"Fn::Transform": {"Name": "X"}}}}}},
        {"Outputs": {"O": {"Value": {"Fn::Transform": {"Name": "X"}}}}},
        {"Resources": {"S": {"Type": "Company::Bucket::Secure::MODULE"}}},
        {"Resources": {"S": {"Type": "AWS::CloudFormation::StackSet"}}},
        {"Resources": {"S": {"Type": "AWS::CloudFormation::Stack", "Properties": {}}}},
        *({"Resources": {"S": {"Type": type_}}} for type_ in REFUSED),
    ],
)
def test_what_nobody_judged_is_found(template):
    assert len(list(findings(RULE, template))) == 1


def test_functions_that_make_nothing_are_allowed():
    template = {"Transform": "AWS::LanguageExtensions", "Resources": {"H": HANDLE}}
    assert list(findings(RULE, template)) == []
