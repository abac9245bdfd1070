"""Training jobs that are taken away, stopped, or run too long, and what they keep."""

KEEP = 'open(os.environ["SM_MODEL_DIR"] + "/model.json", "w").write("{}")\n'
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


def test_a_stopped_job_is_stopped_and_only_then_may_be_deleted(
    sagemaker, asked, ended, refused, eventually
):
    request = asked("import time; time.sleep(60)")
    named = {"TrainingJobName": request["TrainingJobName"]}
    sagemaker.create_training_job(**request)
    assert refused(sagemaker.create_training_job, **request)[0] == "ResourceInUse"
    assert refused(sagemaker.delete_training_job, **named)[0] == "ResourceInUse"
    look = sagemaker.describe_training_job
    eventually(lambda: look(**named)["SecondaryStatus"] == "Training")
    sagemaker.stop_training_job(**named)
    found = ended(named["TrainingJobName"])
    assert (found["TrainingJobStatus"], found["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert "is in status Stopped" in refused(sagemaker.stop_training_job, **named)[1]
    sagemaker.delete_training_job(**named)
    assert refused(sagemaker.delete_training_job, **named)[0] == "ResourceNotFound"
    listed = sagemaker.list_training_jobs(NameContains=named["TrainingJobName"])
    assert listed["TrainingJobSummaries"] == []


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
