"""Training jobs that cannot be carried out, or that somebody may not make: refused by name."""

from typing import Any

import pytest

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "other-image": (
        {"AlgorithmSpecification": {
            "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1",
            "TrainingInputMode": "File"}},
        "the sandbox cannot run the image 123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1; "
        "it runs sagemaker-xgboost:3.0-5",
    ),
    "other-algorithm": (
        {"AlgorithmSpecification": {
            "TrainingImage": "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1",
            "TrainingInputMode": "File"}},
        "the sandbox cannot run the image 382416733822.dkr.ecr.us-east-1.amazonaws.com/"
        "linear-learner:1; it runs sagemaker-xgboost:3.0-5",
    ),
    "other-release": (
        {"AlgorithmSpecification": {
            "TrainingImage": IMAGE.replace("3.0-5", "1.7-1"), "TrainingInputMode": "File"}},
        "which has xgboost-cpu 1.7.1",
    ),
    "other-region": (
        {"AlgorithmSpecification": {
            "TrainingImage": IMAGE.replace("us-east-1", "eu-west-1"),
            "TrainingInputMode": "File"}},
        "is in eu-west-1; it must be in us-east-1",
    ),
    "pipe-mode": (
        {"AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "Pipe"}},
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
            "TrainingImage": IMAGE, "TrainingInputMode": "File",
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
