"""Processing jobs: inputs, an entry point, outputs; as their role, and no more than that."""

import json
from typing import Any

import pytest

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
COUNT = """\
import json, os, sys
from pathlib import Path
source, target = map(Path, sys.argv[1:3])
rows = sum(len(path.read_text().splitlines()) for path in source.rglob("*.csv"))
(target / "deep").mkdir()
(target / "deep" / "counts.json").write_text(json.dumps({"rows": rows, "by": os.environ["BY"]}))
print("counted", rows)
"""


@pytest.fixture
def processing(bucket, unique, put, role):
    """Compose the request of a processing job that runs a script."""

    def compose(script: str, **more: Any) -> dict[str, Any]:
        actions = more.pop("actions", ("s3:*", "logs:*"))
        data, name = put(**{"a.csv": "1\n2\n", "deep/b.csv": "3\n"}), unique("Job")
        return {
            "ProcessingJobName": name,
            "RoleArn": role(*actions),
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": "ml.m5.large",
                    "VolumeSizeInGB": 5,
                }
            },
            "AppSpecification": {
                "ImageUri": IMAGE,
                "ContainerEntrypoint": ["python3", "/opt/ml/processing/code/work.py"],
                "ContainerArguments": [
                    "/opt/ml/processing/input/data",
                    "/opt/ml/processing/output",
                ],
            },
            "Environment": {"BY": "us"},
            "ProcessingInputs": [
                given("code", put(**{"work.py": script}), "/opt/ml/processing/code"),
                given("data", data, "/opt/ml/processing/input/data"),
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": "counts",
                        "S3Output": {
                            "S3Uri": f"s3://{bucket}/{name}",
                            "LocalPath": "/opt/ml/processing/output",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                ]
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            **more,
        }

    return compose


def given(name, uri, path, **more):
    source = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": {**source, **more}}


@pytest.fixture
def processed(sagemaker, processing, ended):
    """Run a script as a processing job to its end."""

    def run(script, **more):
        request = processing(script, **more)
        sagemaker.create_processing_job(**request)
        return ended(request["ProcessingJobName"], "Processing")

    return run


def test_a_script_reads_its_inputs_and_its_outputs_are_written(processed, read, printed, events):
    found = processed(COUNT)
    assert found["ProcessingJobStatus"] == "Completed", found
    place = found["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    assert json.loads(read(f"{place}/deep/counts.json")) == {"rows": 3, "by": "us"}
    assert printed(found["ProcessingJobName"], "Processing") == ["counted 3"]
    seen = events(
        lambda event: (
            event["detail"].get("ProcessingJobArn") == found["ProcessingJobArn"]
            and event["detail"]["ProcessingJobStatus"] == "Completed"
        )
    )
    assert seen["detail-type"] == "SageMaker Processing Job State Change"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise ValueError('bad rows')", "AlgorithmError: ValueError: bad rows, exit code: 1"),
        (
            "import os, sys\n"
            "open(os.environ['SAGEMAKER_BASE_DIR'] + '/output/message', 'w').write('7 rows bad')\n"
            "sys.exit(4)",
            "AlgorithmError: 7 rows bad, exit code: 4",
        ),
    ],
    ids=["exception", "message"],
)
def test_a_script_that_fails_fails_its_job_and_writes_nothing(processed, s3, bucket, script, said):
    found = processed(script)
    assert found["ProcessingJobStatus"] == "Failed"
    assert said in found["FailureReason"]
    written = s3.list_objects_v2(Bucket=bucket, Prefix=f"{found['ProcessingJobName']}/")
    assert written["KeyCount"] == 0


def test_a_job_that_runs_too_long_fails(processed):
    longest = {"MaxRuntimeInSeconds": 2}
    found = processed("import time; time.sleep(60)", StoppingCondition=longest)
    assert found["ProcessingJobStatus"] == "Failed"
    assert "ran longer than MaxRuntimeInSeconds, which is 2" in found["FailureReason"]


def test_a_job_does_what_its_role_may(processed):
    assert "s3:GetObject" in processed(COUNT, actions=("s3:ListBucket",))["FailureReason"]
    reading = ("s3:ListBucket", "s3:GetObject")
    assert "s3:PutObject" in processed(COUNT, actions=reading)["FailureReason"]
    writing = processed(COUNT, actions=(*reading, "s3:PutObject"))
    assert writing["ProcessingJobStatus"] == "Completed"


def test_a_manifest_names_files_and_needs_no_right_to_list(processed, put, read):
    data = put(**{"a.csv": "1\n2\n", "b.csv": "3\n", "c.csv": "4\n"})
    code = put(**{"work.py": COUNT})

    def listed(prefix, *names):
        text = json.dumps([{"prefix": f"{prefix}/"}, *names])
        return f"{put(**{'it.manifest': text})}/it.manifest"

    found = processed(
        COUNT,
        actions=("s3:GetObject", "s3:PutObject"),
        ProcessingInputs=[
            given(name, uri, f"/opt/ml/processing/{path}", S3DataType="ManifestFile")
            for name, uri, path in (
                ("code", listed(code, "work.py"), "code"),
                ("data", listed(data, "a.csv", "c.csv"), "input/data"),
            )
        ],
    )
    place = found["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    assert json.loads(read(f"{place}/deep/counts.json"))["rows"] == 3
    none = put(**{"data.manifest": '{"no": "list"}'})
    wrong = given(
        "data", f"{none}/data.manifest", "/opt/ml/processing/x", S3DataType="ManifestFile"
    )
    assert (
        "Failed to read the manifest" in processed(COUNT, ProcessingInputs=[wrong])["FailureReason"]
    )


def test_an_output_that_is_written_continuously_is_there_before_the_end(
    sagemaker, processing, eventually, s3, bucket, ended
):
    request = processing(
        "import sys, time\n"
        "from pathlib import Path\n"
        "Path(sys.argv[2], 'early.txt').write_text('x')\n"
        "time.sleep(60)\n"
    )
    name = request["ProcessingJobName"]
    request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3UploadMode"] = "Continuous"
    sagemaker.create_processing_job(**request)
    wanted = {"Bucket": bucket, "Prefix": f"{name}/early.txt"}
    eventually(lambda: s3.list_objects_v2(**wanted)["KeyCount"])
    look = sagemaker.describe_processing_job
    assert look(ProcessingJobName=name)["ProcessingJobStatus"] == "InProgress"
    sagemaker.stop_processing_job(ProcessingJobName=name)
    assert ended(name, "Processing")["ProcessingJobStatus"] == "Stopped"


def test_an_isolated_job_has_no_network(processed, sandbox, printed):
    port = sandbox.environment()["AWS_ENDPOINT_URL"].rpartition(":")[2]
    script = f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=2)"
    assert processed(script)["ProcessingJobStatus"] == "Completed"
    isolated = processed(script, NetworkConfig={"EnableNetworkIsolation": True})
    assert isolated["ProcessingJobStatus"] == "Failed"


def test_a_stopped_job_is_stopped(sagemaker, processing, ended, eventually):
    request = processing("import time; time.sleep(60)")
    name = request["ProcessingJobName"]
    sagemaker.create_processing_job(**request)
    look = sagemaker.describe_processing_job
    eventually(lambda: look(ProcessingJobName=name).get("ProcessingStartTime"))
    sagemaker.stop_processing_job(ProcessingJobName=name)
    assert ended(name, "Processing")["ProcessingJobStatus"] == "Stopped"
    listed = sagemaker.list_processing_jobs(NameContains=name)["ProcessingJobSummaries"]
    assert [each["ProcessingJobStatus"] for each in listed] == ["Stopped"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no-entry-point": (
        {"AppSpecification": {"ImageUri": IMAGE}},
        "ContainerEntrypoint is missing",
    ),
    "other-image": (
        {
            "AppSpecification": {
                "ImageUri": IMAGE.replace("xgboost", "scikit-learn"),
                "ContainerEntrypoint": ["python3"],
            }
        },
        "the sandbox cannot run the image",
    ),
    "outside": (
        {"ProcessingInputs": [given("a", "s3://b/c", "/opt/ml/code")]},
        "it must be below /opt/ml/processing",
    ),
    "sharded": (
        {
            "ProcessingInputs": [
                given(
                    "a", "s3://b/c", "/opt/ml/processing/a", S3DataDistributionType="ShardedByS3Key"
                )
            ]
        },
        "S3DataDistributionType of input a is ShardedByS3Key; allowed: FullyReplicated",
    ),
    "untrusting-role": (
        {"RoleArn": "arn:aws:iam::000000000000:role/none"},
        "Could not assume role",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_carried_out_is_refused_by_name(sagemaker, processing, refused, case):
    changes, said = WRONG[case]
    code, message = refused(sagemaker.create_processing_job, **processing(COUNT, **changes))
    assert code == "ValidationException"
    assert said in message


def test_a_program_that_is_no_python_is_refused_when_it_is_run(processed):
    application = {"ImageUri": IMAGE, "ContainerEntrypoint": ["/bin/sh", "-c", "true"]}
    found = processed(COUNT, AppSpecification=application)
    assert "the sandbox runs Python as an entry point, and no /bin/sh" in found["FailureReason"]
