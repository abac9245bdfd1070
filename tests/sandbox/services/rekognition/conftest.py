"""Drawn frames, a bucket to put them into, and the two ways to ask about them."""

import json

import pytest

from fixtures.faces import draw_frame


@pytest.fixture(scope="session")
def frame():
    """One drawn frame with three faces, all of which the detector finds."""
    return draw_frame(7, faces=3, size=(320, 240))


@pytest.fixture(scope="session")
def rekognition(sandbox):
    return sandbox.client("rekognition", retries={"total_max_attempts": 1})


@pytest.fixture
def bucket(sandbox, unique):
    """Make a versioned bucket."""
    s3, name = sandbox.client("s3"), unique("frames")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def put(sandbox, bucket):
    """Put an object into the bucket; gives its version."""

    def put_object(key, content):
        return sandbox.client("s3").put_object(Bucket=bucket, Key=key, Body=content)["VersionId"]

    return put_object


@pytest.fixture
def allowed(sandbox, unique):
    """Make a Rekognition client whose caller may do only what is named."""
    made = []

    def client(*actions):
        iam, name = sandbox.client("iam"), unique("caller")
        statement = {"Effect": "Allow", "Action": [*actions], "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": statement}
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        made.append((iam, name, key["AccessKeyId"]))
        credentials = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        return sandbox.client("rekognition", credentials=credentials)

    yield client
    for iam, name, key in made:
        iam.delete_access_key(UserName=name, AccessKeyId=key)
        iam.delete_user_policy(UserName=name, PolicyName="only")
        iam.delete_user(UserName=name)
