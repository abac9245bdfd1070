"""SMK3 on models; tasks, steps and monitors are in test_sagemaker_requests."""

import pytest

from guardrails.ml_lens.encrypted_jobs import RULE


@pytest.mark.parametrize("key", [None, "alias/aws/sagemaker", {"Fn::ImportValue": "key"}])
def test_only_a_customer_key_counts(found_in, key):
    properties = {"KmsKeyId": key, "ProductionVariants": [{"InstanceType": "ml.m5.large"}]}
    resource = {"Type": "AWS::SageMaker::EndpointConfig", "Properties": properties}
    assert len(found_in(RULE, {"It": resource})) == 1
