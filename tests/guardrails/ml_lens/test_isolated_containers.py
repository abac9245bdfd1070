"""SMK1 on models; tasks, steps and monitors are in test_sagemaker_requests."""

import pytest

from guardrails.ml_lens.isolated_containers import RULE


@pytest.mark.parametrize("value", [False, None, "true", {"Fn::ImportValue": "flag"}])
def test_only_true_is_isolation(found_in, value):
    resource = {"Type": "AWS::SageMaker::Model", "Properties": {"EnableNetworkIsolation": value}}
    assert len(found_in(RULE, {"It": resource})) == 1
