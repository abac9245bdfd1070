"""Pipelines: step after step with the rights of their role; what did not run is not said."""

import pytest


def test_a_model_that_is_good_enough_is_registered(
    pipeline, executed, definition, group, sagemaker, packed, events
):
    name = pipeline(definition(group))
    found, steps = executed(name, Depth=7)
    assert found["PipelineExecutionStatus"] == "Succeeded", (found, steps)
    assert {name: step["StepStatus"] for name, step in steps.items()} == dict.fromkeys(
        ("Train", "Evaluate", "GoodEnough", "Register"), "Succeeded"
    )
    assert steps["GoodEnough"]["Metadata"]["Condition"]["Outcome"] == "True"
    package = sagemaker.describe_model_package(
        ModelPackageName=steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    )
    assert package["MetadataProperties"]["GeneratedBy"] == found["PipelineExecutionArn"]
    (container,) = package["InferenceSpecification"]["Containers"]
    assert packed(container["ModelDataUrl"]) == {"model.json": "7"}
    job = steps["Train"]["Metadata"]["TrainingJob"]["Arn"]
    execution = found["PipelineExecutionArn"].rpartition("/")[2]
    assert f":training-job/pipelines-{execution}-train-" in job
    tag = {"Key": "sagemaker:pipeline-execution-arn", "Value": found["PipelineExecutionArn"]}
    assert tag in sagemaker.list_tags(ResourceArn=job)["Tags"]
    seen = events(
        lambda event: (
            event["detail"].get("pipelineExecutionArn") == found["PipelineExecutionArn"]
            and event["detail"].get("currentPipelineExecutionStatus") == "Succeeded"
        )
    )
    assert seen["detail-type"] == "SageMaker Model Building Pipeline Execution Status Change"
    assert seen["detail"]["previousPipelineExecutionStatus"] == "Executing"
    assert seen["resources"] == [found["PipelineArn"], found["PipelineExecutionArn"]]
    step = events(lambda event: event["detail"].get("stepName") == "Train")
    assert step["detail-type"].endswith("Execution Step Status Change")


def test_a_model_that_is_too_bad_fails_the_pipeline_and_is_not_registered(
    pipeline, executed, definition, group, sagemaker
):
    found, steps = executed(pipeline(definition(group)), Auc=0.6)
    assert found["PipelineExecutionStatus"] == "Failed"
    assert found["FailureReason"] == "an AUC of 0.6"
    assert steps["TooBad"]["StepStatus"] == "Failed"
    assert "Register" not in steps
    named = {"ModelPackageGroupName": group}
    assert sagemaker.list_model_packages(**named)["ModelPackageSummaryList"] == []


def test_what_comes_after_a_step_that_failed_does_not_run(pipeline, executed, definition):
    found, steps = executed(pipeline(definition(train="raise ValueError('no rows')")))
    assert found["PipelineExecutionStatus"] == "Failed"
    assert "ValueError: no rows" in found["FailureReason"]
    assert list(steps) == ["Train"]


@pytest.mark.parametrize("lacking", ["sagemaker:AddTags", "iam:PassRole", "s3:GetObject"])
def test_a_pipeline_does_what_its_role_may(pipeline, executed, definition, lacking):
    found, _ = executed(pipeline(definition(), lacking=lacking))
    assert found["PipelineExecutionStatus"] == "Failed"
    assert lacking in found["FailureReason"]


def test_one_token_starts_one_execution(pipeline, definition, sagemaker, refused, ended_execution):
    name = pipeline(definition(train="raise ValueError('x')"))
    start = {"PipelineName": name, "ClientRequestToken": "0123456789-0123456789-0123456789"}
    first = sagemaker.start_pipeline_execution(**start)["PipelineExecutionArn"]
    assert sagemaker.start_pipeline_execution(**start)["PipelineExecutionArn"] == first
    other = [{"Name": "Depth", "Value": "9"}]
    code, _ = refused(sagemaker.start_pipeline_execution, **start, PipelineParameters=other)
    assert code == "ConflictException"
    listed = sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
    assert [each["PipelineExecutionArn"] for each in listed] == [first]
    ended_execution(first)


def test_a_cached_step_is_not_run_again(pipeline, executed, definition):
    name = pipeline(definition(CacheConfig={"Enabled": True, "ExpireAfter": "PT1H"}))
    first, _ = executed(name, Auc=0.1)
    _, steps = executed(name, Auc=0.1)
    hit = steps["Train"]["CacheHitResult"]["SourcePipelineExecutionArn"]
    assert hit == first["PipelineExecutionArn"]
    assert "CacheHitResult" not in steps["Evaluate"]
    _, others = executed(name, Auc=0.1, Depth=4)
    assert "CacheHitResult" not in others["Train"]


def test_a_throttled_step_is_tried_again_as_its_policy_says(pipeline, executed, definition, faults):
    policies = [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 2, "IntervalSeconds": 1}]
    throttled = {"action": "sagemaker:CreateTrainingJob", "code": "ThrottlingException"}
    looks = {"action": "sagemaker:DescribeTrainingJob", "code": "InternalFailure"}
    faults([{**throttled, "times": 2}, {**looks, "times": 4}])  # each call is made twice
    found, steps = executed(pipeline(definition(RetryPolicies=policies)), Auc=0.1)
    assert steps["Train"]["StepStatus"] == "Succeeded", found
    assert steps["Train"]["AttemptCount"] == 2
    faults([throttled])
    found, steps = executed(pipeline(definition()))
    assert "ThrottlingException" in found["FailureReason"]


def test_a_step_may_tune(pipeline, executed, definition):
    document = definition(train="import os; print(f'score={os.environ[\"SM_HP_DEPTH\"]};')")
    (train, *_), depths = document["Steps"], {"Name": "depth", "Values": ["1", "2"]}
    arguments = train["Arguments"]
    static = arguments.pop("HyperParameters")
    static.pop("depth")
    metric = {"Name": "score", "Regex": r"score=(\d+);"}
    algorithm = {**arguments["AlgorithmSpecification"], "MetricDefinitions": [metric]}
    tune = {
        "Name": "Tune",
        "Type": "Tuning",
        "Arguments": {
            "HyperParameterTuningJobConfig": {
                "Strategy": "Grid",
                "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
                "ResourceLimits": {"MaxParallelTrainingJobs": 2},
                "ParameterRanges": {"CategoricalParameterRanges": [depths]},
            },
            "TrainingJobDefinition": {
                **arguments,
                "AlgorithmSpecification": algorithm,
                "StaticHyperParameters": static,
            },
        },
    }
    best = {"Get": "Steps.Tune.BestTrainingJob.TunedHyperParameters.depth"}
    fail = {"Name": "Told", "Type": "Fail", "Arguments": {"ErrorMessage": best}}
    document["Steps"] = [tune, fail]
    verbs = (f"sagemaker:{verb}HyperParameterTuningJob" for verb in ("Create", "Describe"))
    found, steps = executed(pipeline(document, *verbs))
    assert found["FailureReason"] == "2", steps
    assert ":hyper-parameter-tuning-job/" in steps["Tune"]["Metadata"]["TuningJob"]["Arn"]


def test_a_step_may_make_a_model_of_what_was_trained(pipeline, executed, definition, sagemaker):
    document = definition()
    (train, *_) = document["Steps"]
    artifact = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    image = train["Arguments"]["AlgorithmSpecification"]["TrainingImage"]
    container = {"Image": image, "ModelDataUrl": artifact}
    arguments = {
        "ExecutionRoleArn": train["Arguments"]["RoleArn"],
        "PrimaryContainer": container,
        "EnableNetworkIsolation": True,
    }
    name = {"Get": "Steps.Model.ModelName"}
    document["Steps"] = [
        train,
        {"Name": "Model", "Type": "Model", "Arguments": arguments},
        {"Name": "Told", "Type": "Fail", "Arguments": {"ErrorMessage": name}},
    ]
    found, steps = executed(pipeline(document, "sagemaker:CreateModel"))
    assert steps["Model"]["StepStatus"] == "Succeeded", found
    shown = sagemaker.describe_model(ModelName=found["FailureReason"])
    assert shown["ModelArn"] == steps["Model"]["Metadata"]["Model"]["Arn"]
    trained = steps["Train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    assert trained in shown["PrimaryContainer"]["ModelDataUrl"].lower()


def test_a_stopped_execution_stops_its_job(
    pipeline, definition, sagemaker, eventually, ended_execution
):
    name = pipeline(definition(train="import time; time.sleep(60)"))
    arn = sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]

    def job():
        listed = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        steps = listed["PipelineExecutionSteps"]
        return steps and (steps[0].get("Metadata") or {}).get("TrainingJob", {}).get("Arn")

    name = eventually(job).rpartition("/")[2]
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="s" * 32)
    found, steps = ended_execution(arn)
    assert found["PipelineExecutionStatus"] == "Stopped"
    assert steps["Train"]["StepStatus"] == "Stopped"
    listed = sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"]
    assert [each["TrainingJobStatus"] for each in listed] == ["Stopped"]


def test_steps_that_do_not_wait_for_one_another_run_side_by_side(pipeline, executed, definition):
    document = definition(train="import time; time.sleep(1)")
    train = document["Steps"][0]
    document["Steps"] = [{**train, "Name": name} for name in ("A", "B")]
    found, steps = executed(pipeline(document))
    assert steps["A"]["StartTime"] < steps["B"]["EndTime"]
    assert steps["B"]["StartTime"] < steps["A"]["EndTime"]
    one = pipeline(document, ParallelismConfiguration={"MaxParallelExecutionSteps": 1})
    found, steps = executed(one)
    first, second = sorted(steps.values(), key=lambda step: step["StartTime"])
    assert first["EndTime"] <= second["StartTime"], found
