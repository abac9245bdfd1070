"""LOG1."""

import pytest

from guardrails.ml_lens.log_retention import RULE

GROUP = ("AWS::Logs::LogGroup", {"RetentionInDays": 7})


def test_a_function_with_a_log_group_of_ours_passes(found):
    function = ("AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": {"Ref": "Group"}}})
    assert found(RULE, Group=GROUP, Analyze=function) == []


@pytest.mark.parametrize(
    "properties",
    [{}, {"LoggingConfig": {}}, {"LoggingConfig": {"LogGroup": "/aws/lambda/some-name"}}],
)
def test_a_function_that_leaves_its_log_group_to_lambda_is_found(found, properties):
    function = ("AWS::Lambda::Function", properties)
    assert [f.logical_id for f in found(RULE, Group=GROUP, Analyze=function)] == ["Analyze"]
