"""SMK4 on models; tasks, steps and monitors are in test_sagemaker_requests."""

import pytest

from guardrails.ml_lens.encrypted_traffic import RULE


@pytest.mark.parametrize("value", [False, None, "true"])
def test_only_true_is_encryption(found_in, value):
    network = {"EnableInterContainerTrafficEncryption": value}
    properties = {"NetworkConfig": network}
    resource = {"Type": "AWS::SageMaker::ProcessingJob", "Properties": properties}
    assert len(found_in(RULE, {"It": resource})) == 1
