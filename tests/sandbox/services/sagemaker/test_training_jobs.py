"""Training jobs: they train as their role, and say truly how it went."""

import io
import json
import tarfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.services.sagemaker.training import toolkit

KEEP = 'open(os.environ["SM_MODEL_DIR"] + "/model.json", "w").write("{}")\n'
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
            "TrainingImage": _image(),
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


def _image():
    return "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5-cpu-py3"


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


CHECKPOINTED = """\
import os, sys, time
from pathlib import Path
folder = Path(sys.argv[sys.argv.index("--checkpoints") + 1])
done = len(list(folder.iterdir()))
print("begins at", done)
for number in range(done, 6):
    if done == 0 and number == 3:
        time.sleep(60)  # on the first instance, which is taken away
    (folder / f"{number}.txt").write_text(str(number))
Path(os.environ["SM_MODEL_DIR"], "m").write_text(" ".join(sorted(os.listdir(folder))))
"""


def spot(bucket, name, **more):
    return {
        "hyperparameters": {"checkpoints": "/opt/ml/checkpoints"},
        "CheckpointConfig": {"S3Uri": f"s3://{bucket}/{name}"},
        "EnableManagedSpotTraining": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 90},
        **more,
    }


def test_an_interrupted_job_goes_on_where_its_checkpoints_end(
    trained, bucket, unique, faults, packed, printed, sandbox
):
    faults([{"interrupt_spot": "Job", "after_checkpoints": 2, "times": 1}])
    found = trained(CHECKPOINTED, **spot(bucket, unique("checkpoints")))
    assert found["TrainingJobStatus"] == "Completed", found
    assert found["EnableManagedSpotTraining"]
    moments = [moment["Status"] for moment in found["SecondaryStatusTransitions"]]
    assert moments.count("Interrupted") == 1
    assert moments.count("Training") == 2
    first, second = printed(found["TrainingJobName"])
    assert first == "begins at 0"
    assert second in ("begins at 2", "begins at 3")  # by how many were in S3 at that moment
    files = packed(found["ModelArtifacts"]["S3ModelArtifacts"])
    assert files["m"] == "0.txt 1.txt 2.txt 3.txt 4.txt 5.txt"


def test_a_job_that_is_no_spot_job_is_not_interrupted(trained, faults):
    faults([{"interrupt_spot": "Job", "times": 1}])
    found = trained("import time; time.sleep(0.5)")
    assert "Interrupted" not in [each["Status"] for each in found["SecondaryStatusTransitions"]]


def test_a_job_that_is_interrupted_for_too_long_is_stopped(trained, bucket, unique, faults):
    faults([{"interrupt_spot": "Job", "after_seconds": 0.5}])
    times = {"MaxRuntimeInSeconds": 3, "MaxWaitTimeInSeconds": 3}
    found = trained(
        "import time; time.sleep(30)",
        **spot(bucket, unique("checkpoints"), StoppingCondition=times),
    )
    assert found["TrainingJobStatus"] == "Stopped"
    assert found["SecondaryStatus"] in ("MaxWaitTimeExceeded", "MaxRuntimeExceeded")


def test_a_job_that_runs_too_long_is_stopped_and_keeps_what_it_has(trained, packed):
    script = "import os, time\n" + KEEP + "time.sleep(60)\n"
    found = trained(script, StoppingCondition={"MaxRuntimeInSeconds": 6})
    assert (found["TrainingJobStatus"], found["SecondaryStatus"]) == (
        "Stopped",
        "MaxRuntimeExceeded",
    )
    assert packed(found["ModelArtifacts"]["S3ModelArtifacts"]) == {"model.json": "{}"}


def test_a_stopped_job_is_stopped(sagemaker, asked, ended, refused, eventually):
    request = asked("import time; time.sleep(60)")
    name = request["TrainingJobName"]
    sagemaker.create_training_job(**request)
    assert refused(sagemaker.create_training_job, **request)[0] == "ResourceInUse"
    look = sagemaker.describe_training_job
    eventually(lambda: look(TrainingJobName=name)["SecondaryStatus"] == "Training")
    sagemaker.stop_training_job(TrainingJobName=name)
    found = ended(name)
    assert (found["TrainingJobStatus"], found["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert "is in status Stopped" in refused(sagemaker.stop_training_job, TrainingJobName=name)[1]


def test_jobs_are_listed_in_pages_the_newest_first(sagemaker, trained):
    names = [trained("pass")["TrainingJobName"] for _ in range(2)]
    listed = sagemaker.list_training_jobs(NameContains="Job-", MaxResults=1)
    assert [each["TrainingJobName"] for each in listed["TrainingJobSummaries"]] == names[1:]
    following = sagemaker.list_training_jobs(
        NameContains="Job-", MaxResults=1, NextToken=listed["NextToken"]
    )
    assert following["TrainingJobSummaries"][0]["TrainingJobName"] == names[0]
    none = sagemaker.list_training_jobs(NameContains=names[0], StatusEquals="Failed")
    assert none["TrainingJobSummaries"] == []


def test_the_default_bus_is_told_of_every_job(trained, events):
    name = trained("raise ValueError('x')")["TrainingJobName"]
    seen = events(
        lambda event: (
            event["detail"].get("TrainingJobName") == name
            and event["detail"]["TrainingJobStatus"] == "Failed"
        )
    )
    assert seen["detail-type"] == "SageMaker Training Job State Change"
    assert seen["resources"] == [seen["detail"]["TrainingJobArn"]]
    assert "ValueError: x" in seen["detail"]["FailureReason"]
    assert isinstance(seen["detail"]["TrainingEndTime"], int)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "other-image": (
        {"AlgorithmSpecification": {
            "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1",
            "TrainingInputMode": "File"}},
        "the sandbox cannot run the image 123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1; "
        "it runs sagemaker-xgboost:3.0-5",
    ),
    "other-release": (
        {"AlgorithmSpecification": {
            "TrainingImage": _image().replace("3.0-5", "1.7-1"), "TrainingInputMode": "File"}},
        "which has xgboost-cpu 1.7.1",
    ),
    "other-region": (
        {"AlgorithmSpecification": {
            "TrainingImage": _image().replace("us-east-1", "eu-west-1"),
            "TrainingInputMode": "File"}},
        "is in eu-west-1; it must be in us-east-1",
    ),
    "pipe-mode": (
        {"AlgorithmSpecification": {"TrainingImage": _image(), "TrainingInputMode": "Pipe"}},
        "TrainingInputMode is Pipe; the sandbox has File, FastFile",
    ),
    "no-script": ({"HyperParameters": {}}, "a job with a script has sagemaker_program"),
    "extraneous": (
        {"HyperParameters": {"num_round": "1", "deepness": "2"}},
        "Extraneous hyperparameter found: deepness",
    ),
    "out-of-range": (
        {"HyperParameters": {"num_round": "1", "eta": "2"}},
        "Hyperparameter eta: value 2 is not in its range",
    ),
    "no-train": ({"HyperParameters": {"num_round": "1"}}, "Missing required channel: train"),
    "shell": (
        {"HyperParameters": {"sagemaker_program": "a.sh", "sagemaker_submit_directory": "s3://b"}},
        "the sandbox runs Python scripts",
    ),
    "two-instances": (
        {"ResourceConfig": {
            "InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 5}},
        "InstanceCount is 2",
    ),
    "debugger": (
        {"DebugHookConfig": {"S3OutputPath": "s3://b/c"}},
        "the sandbox does not carry out DebugHookConfig of CreateTrainingJob",
    ),
    "spot-without-wait": (
        {"EnableManagedSpotTraining": True}, "MaxWaitTimeInSeconds must be given"),
    "wait-too-short": (
        {"EnableManagedSpotTraining": True,
         "StoppingCondition": {"MaxRuntimeInSeconds": 9, "MaxWaitTimeInSeconds": 8}},
        "Invalid MaxWaitTimeInSeconds",
    ),
    "bad-regex": (
        {"AlgorithmSpecification": {
            "TrainingImage": _image(), "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "a", "Regex": "x"}]}},
        "has no group for its value",
    ),
    "untrusting-role": (
        {"RoleArn": "arn:aws:iam::000000000000:role/none"}, "Could not assume role"),
    "bad-name": ({"TrainingJobName": "a_b"}, "Value 'a_b' at 'trainingJobName' failed to satisfy"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_carried_out_is_refused_by_name(sagemaker, asked, refused, case):
    changes, said = WRONG[case]
    code, message = refused(sagemaker.create_training_job, **asked("pass", **changes))
    assert code == "ValidationException"
    assert said in message


def test_who_makes_a_job_needs_the_right_and_to_pass_its_role(sandbox, asked, as_role, refused):
    request = asked("pass", Tags=[{"Key": "team", "Value": "a"}])
    name, passed = request["TrainingJobName"].lower(), request["RoleArn"]
    on = f"arn:*:sagemaker:*:*:training-job/{name}"

    def rights(*names, conditions=None):
        made = {"Effect": "Allow", "Action": list(names), "Resource": [on, passed]}
        return as_role({**made, "Condition": conditions} if conditions else made)("sagemaker")

    for allowed, lacking in (
        (("iam:PassRole", "sagemaker:AddTags"), "sagemaker:CreateTrainingJob"),
        (("sagemaker:CreateTrainingJob", "sagemaker:AddTags"), "iam:PassRole"),
        (("sagemaker:CreateTrainingJob", "iam:PassRole"), "sagemaker:AddTags"),
    ):
        code, message = refused(rights(*allowed).create_training_job, **request)
        assert code == "AccessDeniedException"
        assert lacking in message
    isolated = {"Bool": {"sagemaker:NetworkIsolation": "true"}}
    create = ("sagemaker:CreateTrainingJob", "sagemaker:AddTags", "iam:PassRole")
    asks = rights(*create, conditions=isolated)
    assert refused(asks.create_training_job, **request)[0] == "AccessDeniedException"
    rights(*create).create_training_job(**request)


@pytest.mark.parametrize(("kind", "fits"), [("training-job", True), ("processing-job", False)])
def test_a_role_may_say_for_which_jobs_it_is_assumed(
    sandbox, asked, sagemaker, refused, arn, policy, kind, fits
):
    request = asked("pass")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:SourceArn": arn("sagemaker", f"{kind}/*")}},
    }
    sandbox.client("iam").update_assume_role_policy(
        RoleName=request["RoleArn"].rpartition("/")[2], PolicyDocument=policy(trust)
    )
    if fits:
        sagemaker.create_training_job(**request)
        return
    code, message = refused(sagemaker.create_training_job, **request)
    assert (code, "Could not assume role" in message) == ("ValidationException", True)


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
