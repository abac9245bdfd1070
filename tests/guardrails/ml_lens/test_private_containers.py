"""SMK2 on models; tasks, steps and monitors are in test_sagemaker_requests."""

import pytest

from guardrails.ml_lens.private_containers import RULE


@pytest.mark.parametrize("network", [None, {}, {"Subnets": ["s"]}, {"SecurityGroupIds": ["g"]}])
def test_a_model_without_subnets_and_groups_is_found(found_in, network):
    properties = {"VpcConfig": network} if network is not None else {}
    resource = {"Type": "AWS::SageMaker::Model", "Properties": properties}
    assert len(found_in(RULE, {"It": resource})) == 2 - len(network or {})
