"""Deploy the baseline: S3 calls a function for each picture, which writes a CSV object for each."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from sandbox.host.client import Sandbox

SOURCE = Path(__file__).with_name("one_csv_per_image.py")
NAME = "one-csv-per-image"
FRAMES, RESULTS = f"{NAME}-frames", f"{NAME}-results"
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
MEMORY_MIB = 512  # what the architecture has


def deploy_baseline(sandbox: Sandbox) -> tuple[str, str]:
    """Create it with plain API calls; returns the buckets of frames and of results."""
    s3, functions = sandbox.client("s3"), sandbox.client("lambda")
    for bucket in (FRAMES, RESULTS):
        s3.create_bucket(Bucket=bucket)
    function = functions.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Architectures=["arm64"],
        Role=_role(sandbox),
        Handler=f"{SOURCE.stem}.handler",
        Code={"ZipFile": _zipped()},
        Environment={"Variables": {"RESULTS_BUCKET": RESULTS}},
        MemorySize=MEMORY_MIB,
        Timeout=60,
    )["FunctionArn"]
    functions.add_permission(
        FunctionName=NAME,
        StatementId="frames",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
    )
    s3.put_bucket_notification_configuration(
        Bucket=FRAMES,
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [
                {"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}
            ]
        },
    )
    return FRAMES, RESULTS


def _role(sandbox: Sandbox) -> str:
    iam = sandbox.client("iam")
    role: str = iam.create_role(
        RoleName=NAME, AssumeRolePolicyDocument=_policy({**TRUST, "Action": "sts:AssumeRole"})
    )["Role"]["Arn"]
    # The partition of a role's ARN is that of everything else.
    partition = role.split(":")[1]
    allowed = {
        "rekognition:DetectFaces": "*",
        "s3:GetObject": f"arn:{partition}:s3:::{FRAMES}/*",
        "s3:PutObject": f"arn:{partition}:s3:::{RESULTS}/*",
    }
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource}
        for action, resource in allowed.items()
    ]
    iam.put_role_policy(RoleName=NAME, PolicyName=NAME, PolicyDocument=_policy(*statements))
    return role


def _policy(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(SOURCE, SOURCE.name)
    return packed.getvalue()
