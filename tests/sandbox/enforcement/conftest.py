"""Principals with exactly the rights that a test names, in the running sandbox."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

POLICY = "2012-10-17"


@pytest.fixture(scope="session")
def account(sandbox):
    return sandbox.client("sts").get_caller_identity()["Account"]


@pytest.fixture(scope="session")
def arn(sandbox, account):
    """Spell an ARN of this account; S3's have no region and no account, IAM's no region."""
    partition = sandbox.client("sts").get_caller_identity()["Arn"].split(":")[1]

    def spell(service: str, resource: str) -> str:
        place = {"s3": ":", "iam": f":{account}"}.get(service, f"us-east-1:{account}")
        return f"arn:{partition}:{service}:{place}:{resource}"

    return spell


@pytest.fixture
def name():
    """Make names that no other test uses."""
    return lambda kind: f"{kind}-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def statement():
    """Spell one policy statement."""

    def spell(*actions: str, on: Any = "*", **rest: Any) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": list(actions), "Resource": on, **rest}

    return spell


@pytest.fixture
def policy():
    """Spell a policy of statements."""
    return lambda *statements: json.dumps({"Version": POLICY, "Statement": list(statements)})


@pytest.fixture
def role(sandbox, name, policy):
    """Make a role that lambda.amazonaws.com and this account may assume."""

    def make(*statements: dict[str, Any]) -> Any:
        iam, role_name = sandbox.client("iam"), name("role")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com", "AWS": "*"},
            "Action": "sts:AssumeRole",
        }
        made = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=policy(trust))
        if statements:
            iam.put_role_policy(
                RoleName=role_name, PolicyName="rights", PolicyDocument=policy(*statements)
            )
        return made["Role"]["Arn"]

    return make


@pytest.fixture
def role_for(sandbox, name, policy):
    """Make a role that one service may assume, with exactly these rights."""

    def make(service: str, *statements: dict[str, Any]) -> str:
        iam, role_name = sandbox.client("iam"), name("role")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        made = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=policy(trust))
        if statements:
            iam.put_role_policy(
                RoleName=role_name, PolicyName="rights", PolicyDocument=policy(*statements)
            )
        arn: str = made["Role"]["Arn"]
        return arn

    return make


@pytest.fixture
def as_role(sandbox, role) -> Callable[..., Callable[[str], Any]]:
    """Make clients that hold exactly the given statements."""

    def assume(*statements: dict[str, Any]) -> Callable[[str], Any]:
        arn = role(*statements)
        session = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")
        keys = session["Credentials"]
        credentials = {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
        return lambda service: sandbox.client(service, credentials=credentials)

    return assume


@pytest.fixture
def key(sandbox):
    """Make a KMS key; without a policy its use is up to IAM policies."""

    def make(policy: str | None = None) -> Any:
        extra = {"Policy": policy} if policy else {}
        return sandbox.client("kms").create_key(**extra)["KeyMetadata"]["Arn"]

    return make


@pytest.fixture
def bucket(sandbox, name):
    """Make a bucket, versioned and encrypted with a key when asked to."""

    def make(key: str | None = None, *, versioned: bool = False, bucket_key: bool = False) -> Any:
        s3, bucket_name = sandbox.client("s3"), name("bucket")
        s3.create_bucket(Bucket=bucket_name)
        if key:
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
            rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}
            s3.put_bucket_encryption(
                Bucket=bucket_name, ServerSideEncryptionConfiguration={"Rules": [rule]}
            )
        if versioned:
            s3.put_bucket_versioning(
                Bucket=bucket_name, VersioningConfiguration={"Status": "Enabled"}
            )
        return bucket_name

    return make
