"""The machine that deploys, as it is written: valid, bounded, with an end for all that happens."""

import json

import pytest

from stacks.model_hosting.contracts import offers
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.deploy import LEASE_SECONDS, deploy_machine
from testing.hosting_settings import SETTINGS
from testing.oracles import verdicts

ALARMS, OF_CHALLENGER = ["Failing", "Slow", "Unlike"], ["ChallengerFailing"]


def machine(**changed):
    settings = ModelHosting(**{**SETTINGS, **changed})
    return deploy_machine(settings, offers(stack_name="Hosting"), ALARMS, OF_CHALLENGER)


MACHINE = machine()
STATES = MACHINE["States"]


def followers(state):
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for rule in (*state.get("Catch", ()), *state.get("Choices", ())):
        yield rule["Next"]


def reached(start):
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(followers(STATES[name]))
    return seen


@pytest.mark.golden
def test_the_machine_is_the_reviewed_one(snapshot_json):
    assert snapshot_json == MACHINE


def test_the_machine_is_valid():
    assert verdicts(
        "asl.mjs", [json.loads(json.dumps(MACHINE).replace("${Partition}", "aws"))]
    ) == [[]]


def test_every_state_can_be_reached():
    assert reached(MACHINE["StartAt"]) == set(STATES)


def test_every_task_has_its_time_and_tries_again_what_may_pass():
    for state in STATES.values():
        if state["Type"] == "Task":
            assert state["TimeoutSeconds"] > 0
            *_, always = state["Retry"]
            assert always["ErrorEquals"] == ["States.ALL"]
            assert always["JitterStrategy"] == "FULL"
            assert 0 < always["MaxAttempts"] <= 10


def test_whatever_happens_is_recorded_told_and_leaves_the_turn():
    for name, state in STATES.items():
        if state["Type"] == "Task" and name not in {"RecordFailure", "TellFailure", "LeaveTurn"}:
            last = state["Catch"][-1]
            assert last["ErrorEquals"] == ["States.ALL"]
            assert last["Next"] == "RecordFailure" or name == "TellDeployed"
    assert STATES["RecordFailure"]["Next"] == "TellFailure"
    assert STATES["TellFailure"]["Next"] == "LeaveTurn"
    assert STATES["LeaveTurn"]["Next"] == "DeploymentFailed"
    # Even where nothing of that can be written, the turn is left and the execution fails.
    for name, next_ in {"RecordFailure": "TellFailure", "TellFailure": "LeaveTurn"}.items():
        assert STATES[name]["Catch"][-1]["Next"] == next_


def test_an_update_is_watched_keeps_its_instances_and_is_compared_afterwards():
    asked = STATES["UpdateEndpoint"]["Arguments"]
    assert asked["RetainAllVariantProperties"] is True
    alarms = asked["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    assert [each["AlarmName"] for each in alarms] == ALARMS
    first, _ = STATES["IsSettled"]["Choices"]
    assert first["Condition"] == "{% $status = 'InService' and $serves = $config %}"
    assert reached("TellNotServed") & {"DeploymentFailed"}
    assert "KeepOutcome" not in reached("TellNotServed")


def test_no_turn_is_held_for_ever_and_none_ends_before_its_update():
    lease = STATES["TakeTurn"]["Arguments"]["ExpressionAttributeValues"][":end"]["N"]
    assert f"+ {LEASE_SECONDS * 1000})" in lease
    (policy,) = (
        policy
        for name, policy in STATES["UpdateEndpoint"]["Arguments"]["DeploymentConfig"].items()
        if name.endswith("UpdatePolicy")
    )
    assert policy["MaximumExecutionTimeoutInSeconds"] < LEASE_SECONDS
    assert MACHINE["TimeoutSeconds"] > LEASE_SECONDS


def test_a_model_is_isolated_and_a_network_is_by_setting():
    asked = STATES["CreateModel"]["Arguments"]
    assert asked["EnableNetworkIsolation"] is True
    assert "VpcConfig" not in asked
    ids = {"subnets": ["subnet-0123456789"], "security_groups": ["sg-0123456789"]}
    network = machine(**ids)["States"]["CreateModel"]["Arguments"]["VpcConfig"]
    assert network == {"Subnets": ids["subnets"], "SecurityGroupIds": ids["security_groups"]}


def test_what_is_captured_is_sampled_and_under_our_key_and_there_is_none_by_setting():
    asked = STATES["CreateConfig"]["Arguments"]
    assert asked["KmsKeyId"] == asked["DataCaptureConfig"]["KmsKeyId"] == "${KeyArn}"
    assert asked["DataCaptureConfig"]["InitialSamplingPercentage"] == 20
    assert asked["ProductionVariants"][0]["InitialInstanceCount"] == 2
    off = machine(capture_percent=0, drift_hours=0)["States"]["CreateConfig"]["Arguments"]
    assert "DataCaptureConfig" not in off


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kind": "serverless"}, "a serverless endpoint has no data capture"),
        ({"kind": "batch"}, "a transform job ends with its data"),
        ({"kind": "multi-model"}, "monitoring supports endpoints of a single model alone"),
        ({"least_instances": 1, "most_instances": 1}, "at least 2 instances for a canary update"),
        ({"most_instances": 1}, "most_instances of at least least_instances"),
        ({"update": "linear", "step_percent": 5}, "a linear step of 10 to 50 percent"),
        ({"challenger_percent": 10, "update": "rolling"}, "a rolling update takes one variant"),
        ({"experiment_percents": [60, 40]}, "experiment_percents that grow"),
        ({"subnets": ["subnet-0123456789"]}, "subnets and security_groups both, or neither"),
    ],
    ids=[
        "serverless",
        "batch",
        "multi-model",
        "lonely",
        "most",
        "step",
        "rolling",
        "shrinks",
        "network",
    ],
)
def test_settings_that_do_not_go_together_are_refused_before_anything_is_made(changed, reason):
    with pytest.raises(ValueError, match=reason):
        machine(**changed)


def test_a_model_has_traffic_only_after_it_has_told_its_known_rows():
    for before in ("CreateModel", "DescribeModel"):
        assert STATES[before]["Next"] == "PutRecord"
    asked = STATES["AskModel"]["Arguments"]
    assert asked["TransformOutput"]["KmsKeyId"] == "${KeyArn}"
    assert asked["TransformResources"]["VolumeKmsKeyId"] == "${KeyArn}"
    # A record that is refused is an answer; only a model that does not load is none.
    assert asked["TransformOutput"]["Accept"].endswith("errors=inline")
    good, bad = STATES["HasAnswered"]["Choices"]
    assert (good["Condition"], good["Next"]) == ("{% $status = 'Completed' %}", "HasChallenger")
    assert bad["Next"] == "TellRefused"
    assert not {"CreateConfig", "UpdateEndpoint"} & reached("TellRefused")


def test_variants_that_are_compared_differ_in_model_and_weight_alone():
    champion, challenger = STATES["CreatePair"]["Arguments"]["ProductionVariants"]
    differ = {name for name in champion if champion[name] != challenger[name]}
    assert differ == {"VariantName", "ModelName", "InitialVariantWeight"}
    (alone,) = STATES["CreateConfig"]["Arguments"]["ProductionVariants"]
    assert alone["InstanceType"] == champion["InstanceType"]


def test_weights_come_from_the_configuration_and_instances_from_what_there_is():
    for state in ("UpdateEndpoint", "UpdatePair"):
        asked = STATES[state]["Arguments"]
        assert asked["RetainAllVariantProperties"] is True
        left = {each["VariantPropertyType"] for each in asked["ExcludeRetainedVariantProperties"]}
        assert left == {"DesiredWeight", "DataCaptureConfig"}


def test_a_challengers_alarms_watch_its_coming_and_cannot_keep_it_from_going():
    def watched(state):
        config = STATES[state]["Arguments"]["DeploymentConfig"]
        return [a["AlarmName"] for a in config["AutoRollbackConfiguration"]["Alarms"]]

    assert watched("UpdatePair") == [*ALARMS, *OF_CHALLENGER]
    assert watched("UpdateEndpoint") == ALARMS


def test_a_challenger_scales_no_more_before_it_goes_and_again_where_it_stays():
    assert STATES["LeaveScaling"]["Next"] == "UpdateEndpoint"
    assert "UpdateEndpoint" not in reached("UpdatePair")
    assert STATES["TellNotServed"]["Next"] == "DoesItStay"
    assert STATES["PutAgainPolicy"]["Next"] == "RecordFailure"


def test_where_updates_roll_no_challenger_is_begun():
    rolling = machine(update="rolling")["States"]
    assert rolling["ReadPercent"]["Default"] == "TellRolling"
    assert "one variant alone" in rolling["TellRolling"]["Assign"]["failure"]["cause"]
