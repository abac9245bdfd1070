"""SMK5 on models; tasks, steps and monitors are in test_sagemaker_requests."""

import pytest

from guardrails.ml_lens.captured_data import RULE


@pytest.mark.parametrize("key", [None, "alias/aws/s3"])
@pytest.mark.parametrize("place", ["DataCaptureConfig", "AsyncInferenceConfig"])
def test_what_is_kept_without_a_customer_key_is_found(found_in, key, place):
    kept = {"KmsKeyId": key} if key else {"S3": "s3://captured"}
    value = kept if place == "DataCaptureConfig" else {"OutputConfig": kept}
    resource = {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {place: value}}
    assert len(found_in(RULE, {"It": resource})) == 1
