"""The machine that deploys, for each kind of hosting: what it leaves out, and has beside."""

import json
import re

import pytest

from stacks.model_hosting.contracts import offers
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.deploy import deploy_machine
from testing.hosting_settings import KINDS, SETTINGS, TO_NONE
from testing.machine_states import reached
from testing.oracles import verdicts

ALARMS, OF_CHALLENGER = ["Failing", "Slow"], ["ChallengerFailing"]


def machine(**changed):
    settings = ModelHosting(**{**SETTINGS, **changed})
    return deploy_machine(settings, offers(stack_name="Hosting"), ALARMS, OF_CHALLENGER)


def states_of(kind, **changed):
    return machine(kind=kind, **{**KINDS[kind], **changed})["States"]


@pytest.mark.golden
@pytest.mark.parametrize("kind", KINDS)
def test_the_machine_of_a_kind_is_the_reviewed_one(kind, snapshot_json):
    plain = machine()["States"]
    other = states_of(kind)
    changed = {name: state for name, state in other.items() if plain.get(name) != state}
    assert snapshot_json == {"gone": sorted(set(plain) - set(other)), "other": changed}


@pytest.mark.parametrize(
    "changed", [*({"kind": k, **more} for k, more in KINDS.items()), TO_NONE], ids=str
)
def test_every_machine_is_valid_and_all_of_it_is_reached(changed):
    found = machine(**changed)
    text = json.dumps(found).replace("${Partition}", "aws")
    assert verdicts("asl.mjs", [json.loads(text)]) == [[]]
    assert reached(found["States"], found["StartAt"]) == set(found["States"])


def test_a_serverless_endpoint_has_no_instances_no_key_no_guardrails_and_no_policy():
    states = states_of("serverless", serverless_provisioned=3)
    config = states["CreateConfig"]["Arguments"]
    (variant,) = config["ProductionVariants"]
    assert variant["ServerlessConfig"] == {
        "MemorySizeInMB": 2048,
        "MaxConcurrency": 20,
        "ProvisionedConcurrency": 3,
    }
    assert not {"InstanceType", "InitialInstanceCount"} & set(variant)
    assert "KmsKeyId" not in config
    assert "DeploymentConfig" not in states["UpdateEndpoint"]["Arguments"]
    assert "RegisterScaling" not in states
    assert states["CreateModel"]["Arguments"]["EnableNetworkIsolation"] is False


def test_an_asynchronous_endpoint_leaves_answers_under_our_key_and_scales_by_what_waits():
    states = states_of("asynchronous")
    config = states["CreateConfig"]["Arguments"]["AsyncInferenceConfig"]
    assert config["OutputConfig"]["KmsKeyId"] == "${KeyArn}"
    assert config["ClientConfig"] == {"MaxConcurrentInvocationsPerInstance": 4}
    policy = states["PutScalingPolicy"]["Arguments"]["TargetTrackingScalingPolicyConfiguration"]
    metric = policy["CustomizedMetricSpecification"]
    assert metric["MetricName"] == "ApproximateBacklogSizePerInstance"
    assert policy["TargetValue"] == 5
    assert "PutFirstInstancePolicy" not in states


def test_from_no_instance_the_first_one_comes_by_an_alarm_of_its_own():
    states = machine(**TO_NONE)["States"]
    assert states["RegisterScaling"]["Arguments"]["MinCapacity"] == 0
    (variant,) = states["CreateConfig"]["Arguments"]["ProductionVariants"]
    assert variant["InitialInstanceCount"] == 1
    policy = states["PutFirstInstancePolicy"]
    assert policy["Arguments"]["PolicyType"] == "StepScaling"
    alarm = states[policy["Next"]]
    assert alarm["Arguments"]["MetricName"] == "HasBacklogWithoutCapacity"
    assert alarm["Arguments"]["AlarmActions"] == ["{% $policy %}"]
    assert states["PutScalingPolicy"]["Next"] == "PutFirstInstancePolicy"


def test_a_pipeline_has_two_containers_or_more():
    states = states_of("inference-pipeline")
    (rule,) = states["IsPipeline"]["Choices"]
    assert rule["Condition"] == "{% $containers >= 2 and $containers <= 5 %}"
    assert states["IsApproved"]["Choices"][0]["Next"] == "IsPipeline"
    assert states["TellNoPipeline"]["Next"] == "RecordFailure"


def test_of_many_models_one_is_there_once_it_was_approved_and_no_job_asks_it():
    states = states_of("multi-model", multi_model_cache=False)
    container = states["CreateModel"]["Arguments"]["PrimaryContainer"]
    assert container["Mode"] == "MultiModel"
    assert container["MultiModelConfig"] == {"ModelCacheSetting": "Disabled"}
    assert states["IsApproved"]["Choices"][0]["Next"] == "CopyArchive"
    assert states["CopyArchive"]["Arguments"]["Bucket"] == "${Models}"
    assert "AskModel" not in states


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            {
                "kind": "batch",
                "capture_percent": 0,
                "update": "all-at-once",
                "least_instances": 2,
                "most_instances": 2,
            },
            "batches have a machine of their own",
        ),
        ({"kind": "serverless"}, "no data capture"),
        ({"kind": "serverless", **KINDS["serverless"], "serverless_provisioned": 21}, "at most"),
        ({"least_instances": 0, "update": "all-at-once"}, "only an asynchronous endpoint"),
        ({"kind": "multi-model", "capture_percent": 0}, "multi_model_columns for the kind"),
        ({"multi_model_columns": ["hour"]}, "and for no other"),
        ({"kind": "multi-model", "capture_percent": 0, "multi_model_columns": ["a", "a"]}, "twice"),
        ({"kind": "asynchronous", "least_instances": 0}, "at least 2 instances for a canary"),
    ],
)
def test_what_a_kind_cannot_be_is_refused_before_anything_is_made(changed, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        machine(**changed)
