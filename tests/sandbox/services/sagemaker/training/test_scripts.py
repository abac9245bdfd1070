"""Training jobs: they train as their role, and say truly how it went."""

import io
import json
import tarfile

import pytest
from botocore.exceptions import ClientError

from sandbox.services.sagemaker.training import toolkit

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
SHOW = """\
import json, os, sys
from pathlib import Path
told = {name: os.environ.get(name) for name in (
    "SM_HPS", "SM_CHANNELS", "SM_USER_ENTRY_POINT", "SM_HP_DEPTH", "OWN", "TRAINING_JOB_ARN")}
told |= {"arguments": sys.argv[1:], "here": sorted(os.listdir())}
told |= {"train": sorted(os.listdir(os.environ["SM_CHANNEL_TRAIN"]))}
config = Path(os.environ["SM_INPUT_CONFIG_DIR"]) / "inputdataconfig.json"
told |= {"config": json.loads(config.read_text())}
Path(os.environ["SM_MODEL_DIR"], "told.json").write_text(json.dumps(told))
Path(os.environ["SM_OUTPUT_DATA_DIR"], "report.txt").write_text("report")
"""
ARN = "TrainingJobArn"


def test_a_script_finds_what_awss_images_give_it(trained, put, packed, account):
    found = trained(
        SHOW,
        channels={"train": put(**{"a.csv": "1", "deep/b.csv": "2"})},
        hyperparameters={"depth": "3", "eta": "0.10", "name": '"x"', "plain": "text", "v": "true"},
        Environment={"OWN": "/opt/ml/model"},
    )
    assert found["TrainingJobStatus"] == "Completed", found
    files = packed(found["ModelArtifacts"]["S3ModelArtifacts"])
    told = json.loads(files["told.json"])
    assert json.loads(told["SM_HPS"]) == {
        "depth": 3, "eta": 0.1, "name": "x", "plain": "text", "v": True,
    }  # fmt: skip
    expected = "--depth 3 --eta 0.1 --name x --plain text -v True"
    assert told["arguments"] == expected.split()
    assert told["train"] == ["a.csv", "deep"]
    assert told["here"] == ["train.py"]
    assert told["SM_CHANNELS"] == '["train"]'
    assert told["config"]["train"]["TrainingInputMode"] == "File"
    assert told["OWN"].endswith("/model")
    assert not told["OWN"].startswith("/opt/ml")
    name = found["TrainingJobName"].lower()
    assert told["TRAINING_JOB_ARN"] == found[ARN]
    assert found[ARN].endswith(f":{account}:training-job/{name}")
    output = found["ModelArtifacts"]["S3ModelArtifacts"].replace("model.tar.gz", "output.tar.gz")
    assert packed(output) == {"report.txt": "report"}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise ValueError('no such day')", 'ErrorMessage "ValueError: no such day"'),
        ("import sys; sys.exit(3)", "exit code: 3"),
        (
            "import os, sys\n"
            "open(os.environ['SM_OUTPUT_DIR'] + '/failure', 'w').write('too few rows')\n"
            "sys.exit(1)",
            "AlgorithmError: too few rows, exit code: 1",
        ),
        ("open('/opt/ml/input/config/hyperparameters.json')", "No such file"),
        ("import os; os.kill(os.getpid(), 9)", "exit code: -9"),
    ],
    ids=["exception", "exit", "failure-file", "fixed-path", "killed"],
)
def test_a_script_that_fails_fails_its_job_with_its_reason(trained, script, said, packed):
    found = trained(script)
    assert found["TrainingJobStatus"] == found["SecondaryStatus"] == "Failed"
    assert said in found["FailureReason"]
    with pytest.raises(ClientError, match="NoSuchKey"):
        packed(found["ModelArtifacts"]["S3ModelArtifacts"])


def test_metrics_of_the_log_are_kept_and_sent_to_cloudwatch(trained, sandbox):
    found = trained(
        "print('auc: 0.5')\nprint('auc: 0.75')\nprint('auc: none')\n",
        AlgorithmSpecification={
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "validation:auc", "Regex": r"auc: (\S+)"}],
        },
    )
    (metric,) = found["FinalMetricDataList"]
    assert (metric["MetricName"], metric["Value"]) == ("validation:auc", 0.75)
    listed = sandbox.client("cloudwatch").list_metrics(
        Namespace="/aws/sagemaker/TrainingJobs", MetricName="validation:auc"
    )["Metrics"]
    named = {"Name": "TrainingJobName", "Value": found["TrainingJobName"]}
    assert named in [dimension for metric in listed for dimension in metric["Dimensions"]]


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        (("logs:*",), "AccessDenied"),
        (("logs:*", "s3:GetObject"), "s3:ListBucket"),
        (("logs:*", "s3:GetObject", "s3:ListBucket"), "s3:PutObject"),
    ],
    ids=["nothing", "no-list", "no-put"],
)
def test_a_job_does_what_its_role_may(trained, put, actions, said):
    found = trained("pass", channels={"train": put(a="1")}, actions=actions)
    assert found["TrainingJobStatus"] == "Failed"
    assert said in found["FailureReason"]


def test_a_channel_with_nothing_in_it_fails_the_job(trained, put):
    found = trained("pass", channels={"train": put() + "/none"})
    assert "NoSuchKey (404): S3 key matching prefix" in found["FailureReason"]


def test_an_isolated_job_has_its_code_as_a_channel_and_no_network(trained, put, printed, sandbox):
    port = sandbox.environment()["AWS_ENDPOINT_URL"].rpartition(":")[2]
    script = (
        "import os, socket\n"
        "print([name for name in os.environ if name.startswith('AWS_')])\n"
        "try:\n"
        f"    socket.create_connection(('127.0.0.1', {port}), timeout=2)\n"
        "except OSError as error:\n"
        "    print('no network')\n"
    )
    found = trained(
        "",
        channels={"code": put(**{"train.py": script})},
        hyperparameters={"sagemaker_submit_directory": "/opt/ml/input/data/code"},
        EnableNetworkIsolation=True,
    )
    assert found["TrainingJobStatus"] == "Completed", found
    assert printed(found["TrainingJobName"]) == ["[]", "no network"]
    refused = trained("pass", EnableNetworkIsolation=True)
    assert "network isolation: the job cannot fetch s3://" in refused["FailureReason"]


def test_a_customers_key_encrypts_what_is_written(trained, sandbox, s3, role, bucket):
    kms = sandbox.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    more = {
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/keyed", "KmsKeyId": key},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 5,
            "VolumeKmsKeyId": key,
        },
    }
    without = trained("pass", **more)
    assert "kms:CreateGrant" in without["FailureReason"]
    granting = trained("pass", **more, actions=("s3:*", "logs:*", "kms:CreateGrant"))
    assert "kms:GenerateDataKey" in granting["FailureReason"]
    rights = ("s3:*", "logs:*", "kms:CreateGrant", "kms:GenerateDataKey")
    found = trained("pass", **more, actions=rights)
    artifact = found["ModelArtifacts"]["S3ModelArtifacts"]
    head = s3.head_object(Bucket=bucket, Key=artifact.partition(f"{bucket}/")[2])
    assert head["SSEKMSKeyId"] == key


ENTERING = (
    *("ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission"),
    *("ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"),
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DescribeDhcpOptions"),
    *("ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"),
)


@pytest.mark.parametrize("lacking", [None, "ec2:CreateNetworkInterface", "ec2:DescribeSubnets"])
def test_a_job_in_a_vpc_needs_to_enter_it(trained, lacking):
    rights = [right for right in ENTERING if right != lacking]
    vpc = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    found = trained("pass", VpcConfig=vpc, actions=("s3:*", "logs:*", *rights))
    assert found["TrainingJobStatus"] == ("Failed" if lacking else "Completed")
    assert (lacking or "") in found.get("FailureReason", "")


def test_the_algorithm_of_the_image_trains_without_a_script(trained, put, s3, sandbox):
    rows = "".join(f"{number % 2},{number % 2 + 0.1},\n" for number in range(40))
    found = trained(
        "",
        channels={"train": put(**{"a.csv": rows}), "validation": put(**{"b.csv": rows})},
        HyperParameters={
            "num_round": "3",
            "objective": "binary:logistic",
            "eval_metric": "auc,logloss",
            "min_child_weight": "0",
        },
    )
    assert found["TrainingJobStatus"] == "Completed", found
    metrics = {each["MetricName"]: each["Value"] for each in found["FinalMetricDataList"]}
    assert metrics["validation:auc"] == 1
    assert set(metrics) == {"train:auc", "train:logloss", "validation:auc", "validation:logloss"}
    bucket, _, key = found["ModelArtifacts"]["S3ModelArtifacts"][5:].partition("/")
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        assert archive.getnames() == ["xgboost-model"]
    wrong = trained(
        "", channels={"train": put(**{"a.csv": "1,2\n1\n"})}, HyperParameters={"num_round": "1"}
    )
    assert "a.csv is no CSV of numbers" in wrong["FailureReason"]


def test_what_a_role_may_not_log_is_a_problem_and_fails_nothing(trained, sandbox):
    found = trained("print('x')", actions=("s3:*",))
    assert found["TrainingJobStatus"] == "Completed"
    said = [each["message"] for each in sandbox.problems()]
    assert any(found["TrainingJobName"] in message for message in said)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.10", 0.1), ("true", True), ("[1]", [1]), ("x", "x"), ("", ""), ('"3"', "3")],
)
def test_hyperparameters_are_read_as_the_toolkit_reads_them(text, value):
    assert toolkit.decoded(text) == value
