"""ENC2."""

import pytest

from guardrails.ml_lens.bucket_keys import RULE


def bucket(algorithm, **more):
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}, **more}
    return "AWS::S3::Bucket", {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


@pytest.mark.parametrize("ok", [bucket("aws:kms", BucketKeyEnabled=True), bucket("AES256")])
def test_a_bucket_key_or_no_kms_passes(found, ok):
    assert found(RULE, Frames=ok) == []


@pytest.mark.parametrize("more", [{}, {"BucketKeyEnabled": False}])
def test_kms_without_a_bucket_key_is_found(found, more):
    assert [f.logical_id for f in found(RULE, Frames=bucket("aws:kms", **more))] == ["Frames"]
