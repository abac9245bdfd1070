"""In batch transform a bad row has its reason in its place, and the others are predicted."""

import io
import json
import tarfile
import time
import uuid
from importlib.util import find_spec
from pathlib import Path

import pytest

from testing.bad_requests import PERSONAL
from testing.model_archive import visits

pytestmark = pytest.mark.skipif(
    not find_spec("sagemaker_inference"), reason="sagemaker-inference is not installed"
)

PACKAGE = Path(__file__).parents[3] / "jobs" / "model_training"
IMAGE = f"{'0' * 12}.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
RIGHTS = ["s3:GetObject", "s3:ListBucket", "s3:PutObject", "logs:CreateLogGroup"]
RIGHTS += ["logs:CreateLogStream", "logs:PutLogEvents"]


def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.fixture
def name():
    return f"batch-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def role(sandbox, name):
    iam = sandbox.client("iam")
    trust = policy(Principal={"Service": "sagemaker.amazonaws.com"}, Action="sts:AssumeRole")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    rights = policy(Action=RIGHTS, Resource="*")
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=rights)
    return made["Role"]["Arn"]


@pytest.fixture
def packed(archive):
    """Pack a model with its code, as training does."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as made:
        for path in archive.iterdir():
            made.add(path, path.name)
        made.add(PACKAGE / "inference.py", "code/inference.py")
        for path in PACKAGE.glob("*.py"):
            made.add(path, f"code/{PACKAGE.name}/{path.name}")
    return content.getvalue()


def test_a_bad_row_is_told_of_in_its_line_and_the_others_are_predicted(
    sandbox, name, role, packed, model
):
    s3, sagemaker = sandbox.client("s3"), sandbox.client("sagemaker")
    s3.create_bucket(Bucket=name)
    rows = visits(200, seed=4)
    bad = {0, 7, 199}
    for place in bad:
        rows[place]["store"] = PERSONAL
    s3.put_object(Bucket=name, Key="model.tar.gz", Body=packed)
    s3.put_object(Bucket=name, Key="in/a.jsonl", Body="\n".join(map(json.dumps, rows)).encode())
    script = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
    }
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": f"s3://{name}/model.tar.gz",
            "Environment": script,
        },
    )
    sagemaker.create_transform_job(
        TransformJobName=name,
        ModelName=name,
        BatchStrategy="MultiRecord",
        TransformInput={
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{name}/in/"}},
            "ContentType": "application/jsonlines",
            "SplitType": "Line",
        },
        TransformOutput={
            "S3OutputPath": f"s3://{name}/out",
            "Accept": "application/jsonlines; errors=inline",
            "AssembleWith": "Line",
        },
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    end = time.monotonic() + 120
    while (shown := sagemaker.describe_transform_job(TransformJobName=name))[
        "TransformJobStatus"
    ] == "InProgress":
        assert time.monotonic() < end
        time.sleep(0.1)
    assert shown["TransformJobStatus"] == "Completed", shown.get("FailureReason")
    answer = s3.get_object(Bucket=name, Key="out/a.jsonl.out")["Body"].read()
    told = [json.loads(line) for line in answer.splitlines()]
    assert len(told) == len(rows)
    assert {place for place, each in enumerate(told) if "error" in each} == bad
    good = [row for place, row in enumerate(rows) if place not in bad]
    known = model.predict(model.plan.of_objects(good).floats)
    assert [each["prediction"] for each in told if "prediction" in each] == known
    assert PERSONAL.encode() not in answer
