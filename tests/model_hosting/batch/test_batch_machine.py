"""The machine of a batch and the one that clears up after it: valid, bounded, idempotent."""

import json
import re

import pytest

from costs.defaults import defaults
from stacks.model_hosting.batch_settings import BatchSettings
from stacks.model_hosting.contracts import offers
from stacks.model_hosting.stages.batch import batch_machine
from stacks.model_hosting.stages.batch_ending import batch_ending_machine
from testing.machine_states import reached
from testing.oracles import verdicts

DEFAULT = {k: v for k, v in defaults()["model_hosting"].items() if k.startswith("batch_")}


def settings(**changed):
    return BatchSettings(**{**DEFAULT, **changed})


def machine(**changed):
    return batch_machine(settings(**changed), offers(stack_name="Hosting"))


MACHINE, ENDING = machine(), batch_ending_machine(offers(stack_name="Hosting"))
STATES = MACHINE["States"]
JOB = STATES["Transform"]


@pytest.mark.golden
def test_the_machines_are_the_reviewed_ones(snapshot_json):
    assert snapshot_json == {"transform": MACHINE, "ended": ENDING}


@pytest.mark.parametrize("found", [MACHINE, ENDING], ids=["transform", "ended"])
def test_a_machine_is_valid_and_every_state_can_be_reached(found):
    text = json.dumps(found).replace("${Partition}", "aws")
    assert verdicts("asl.mjs", [json.loads(text)]) == [[]]
    assert reached(found["States"], found["StartAt"]) == set(found["States"])
    assert found["TimeoutSeconds"] > 0


def test_step_functions_itself_waits_for_the_job_and_stops_it():
    assert JOB["Resource"].endswith(":sagemaker:createTransformJob.sync")
    assert JOB["TimeoutSeconds"] == settings().batch_minutes * 60 < MACHINE["TimeoutSeconds"]
    # A job that has failed is no call that may pass, and the name that is taken is its own.
    tried_again = {error for rule in JOB["Retry"][1:] for error in rule["ErrorEquals"]}
    assert not tried_again & {"States.ALL", "States.TaskFailed", "States.Timeout"}
    assert JOB["Catch"][0]["Next"] == "DescribeJob"


def test_a_job_is_named_by_its_execution_and_the_ending_machine_by_the_same():
    def named(state, execution):
        found = state["Arguments"]["TransformJobName"]
        given = re.search(r"\$hash\((.*?), 'SHA-256'\)", json.dumps(execution))
        assert given
        return found, given[1]

    mine = named(JOB, STATES["ReadServing"]["Assign"]["id"])
    his = named(ENDING["States"]["StopJob"], ENDING["States"]["DescribeExecution"]["Assign"]["id"])
    assert mine[0] == his[0]
    assert mine[1] == "$states.context.Execution.Id"
    assert his[1] == "$states.context.Execution.Input.detail.executionArn"


def test_a_job_is_what_the_settings_say_under_our_key():
    asked = machine(
        batch_strategy="SingleRecord",
        batch_payload_mib=5,
        batch_at_once=20,
        batch_input_filter="$.features",
        batch_output_filter="$['id','SageMakerOutput']",
        batch_instances=3,
    )["States"]["Transform"]["Arguments"]
    assert asked["BatchStrategy"] == "SingleRecord"
    assert (asked["MaxPayloadInMB"], asked["MaxConcurrentTransforms"]) == (5, 20)
    assert asked["DataProcessing"] == {
        "InputFilter": "$.features",
        "JoinSource": "Input",
        "OutputFilter": "$['id','SageMakerOutput']",
    }
    assert (
        asked["TransformInput"]["SplitType"] == asked["TransformOutput"]["AssembleWith"] == "Line"
    )
    assert asked["TransformInput"]["ContentType"] == asked["TransformOutput"]["Accept"]
    assert asked["TransformResources"]["InstanceCount"] == 3
    assert asked["TransformOutput"]["KmsKeyId"] == "${KeyArn}"
    assert asked["TransformResources"]["VolumeKmsKeyId"] == "${KeyArn}"


def test_one_run_is_taken_by_one_execution_and_what_is_done_is_done():
    for name, only_if in {"TakeRun": "holder = :me", "TakeOver": "holder = :holder"}.items():
        asked = STATES[name]["Arguments"]
        assert asked["ConditionExpression"].startswith("attribute_not_exists(done_at) AND (")
        assert only_if in asked["ConditionExpression"]
        assert STATES[name]["Next"] == "Screen"
        assert STATES[name]["Catch"][0]["Next"] == "LookWhoseRun"
    assert "done_at" in STATES["KeepOutcome"]["Arguments"]["UpdateExpression"]
    assert not {"Screen", "Transform"} & reached(STATES, "NothingToDo")


def test_the_job_is_over_before_what_it_writes_is_taken_away():
    states = ENDING["States"]
    running, stopping = states["IsOver"]["Choices"]
    assert (running["Next"], stopping["Next"]) == ("StopJob", "AwaitStop")
    assert states["StopJob"]["Next"] == "AwaitStop"
    assert states["AwaitStop"]["Next"] == "DescribeJob"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"batch_payload_mib": 6, "batch_at_once": 17}, "at most 100: it is 102"),
        ({"batch_payload_mib": 7}, "less than or equal to 6"),
        ({"batch_input_filter": "features"}, "a filter of application/jsonlines"),
        ({"batch_input_filter": "$..a"}, "a filter of application/jsonlines"),
        ({"batch_input_filter": "$[0]"}, "a filter of application/jsonlines"),
        ({"batch_output_filter": "$.id"}, "that keeps SageMakerOutput"),
        ({"batch_output_filter": "$.SageMakerOutput.prediction"}, "a filter of"),
        ({"batch_join": "None", "batch_output_filter": "$.id"}, "where batch_join is None"),
        ({"batch_content_type": "text/csv", "batch_input_filter": "$.a"}, "of text/csv such as"),
        ({"batch_content_type": "text/csv", "batch_output_filter": "$[0,1]"}, "ends with -2,-1"),
        ({"batch_strategy": "AllRecords"}, "MultiRecord"),
        ({"batch_prefix": "results/"}, "incoming/"),
        ({"batch_schedule": "daily"}, "rate"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_made(changed, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        settings(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"batch_output_filter": "$.SageMakerOutput"},
        {"batch_join": "None"},
        {"batch_content_type": "text/csv", "batch_input_filter": "$[1:]",
         "batch_output_filter": "$[0,-2,-1]"},
        {"batch_payload_mib": 5, "batch_at_once": 20},
    ],
)  # fmt: skip
def test_what_goes_together_is_taken(changed):
    assert settings(**changed)
