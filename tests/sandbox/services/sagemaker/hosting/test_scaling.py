"""Variants that are scaled: by the load on each of their instances, by schedule, within limits."""

import time
from typing import Any

import pytest

NAMESPACE, DIMENSION = "sagemaker", "sagemaker:variant:DesiredInstanceCount"
TRACKED = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}


@pytest.fixture
def variant(make_model, make_config, make_endpoint):
    """Make an endpoint of one variant; gives what requests say of it."""
    name = make_endpoint(make_config(Only=make_model()))
    return name, {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": f"endpoint/{name}/variant/Only",
        "ScalableDimension": DIMENSION,
    }


@pytest.fixture
def scaled(contract, variant):
    """Register a variant between limits; gives its endpoint and what requests say of it."""
    name, place = variant
    scaling = contract("application-autoscaling")

    def register(least=1, most=10):
        scaling.register_scalable_target(**place, MinCapacity=least, MaxCapacity=most)
        return name, place

    yield register
    for target in scaling.describe_scalable_targets(ServiceNamespace=NAMESPACE)["ScalableTargets"]:
        if target["ResourceId"] == place["ResourceId"]:
            scaling.deregister_scalable_target(**place)


@pytest.fixture
def track(contract):
    """Keep the invocations of each instance near to a number."""

    def put(place, value=10.0, **config):
        return contract("application-autoscaling").put_scaling_policy(
            PolicyName="load",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": value,
                "PredefinedMetricSpecification": TRACKED,
                **config,
            },
            **place,
        )

    return put


@pytest.fixture
def count(contract):
    """Count the instances of an endpoint's variant."""

    def read(name):
        shown = contract("sagemaker").describe_endpoint(EndpointName=name)
        return shown["ProductionVariants"][0]["CurrentInstanceCount"]

    return read


def test_a_policy_makes_its_alarms_and_takes_them_away(sandbox, contract, scaled, track):
    _, place = scaled()
    made = track(place)
    names = [alarm["AlarmName"] for alarm in made["Alarms"]]
    cloudwatch = sandbox.client("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]
    assert {(a["EvaluationPeriods"], a["Threshold"]) for a in found} == {(3, 10.0), (15, 9.0)}
    assert track(place)["PolicyARN"] == made["PolicyARN"]
    contract("application-autoscaling").delete_scaling_policy(PolicyName="load", **place)
    assert cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("alarm", "value", "most", "expected"),
    [(0, 40.0, 10, 8), (0, 400.0, 10, 10), (1, 4.0, 10, 1)],
    ids=["out", "to the most", "in"],
)
def test_an_alarm_brings_the_load_back_to_its_target(
    sandbox, contract, scaled, track, count, eventually, alarm, value, most, expected
):
    name, place = scaled(most=most)
    made = track(place, ScaleOutCooldown=0, ScaleInCooldown=0)
    sandbox.client("cloudwatch").put_metric_data(
        Namespace="AWS/SageMaker",
        MetricData=[
            {
                "MetricName": "InvocationsPerInstance",
                "Dimensions": [
                    {"Name": "EndpointName", "Value": name},
                    {"Name": "VariantName", "Value": "Only"},
                ],
                "Value": value,
            }
        ],
    )
    sandbox.client("cloudwatch").set_alarm_state(
        AlarmName=made["Alarms"][alarm]["AlarmName"], StateValue="ALARM", StateReason="a test"
    )
    eventually(lambda: count(name) == expected)
    (activity, *_) = contract("application-autoscaling").describe_scaling_activities(**place)[
        "ScalingActivities"
    ]
    assert activity["Description"] == f"Setting desired instance count to {expected}."
    assert activity["StatusCode"] == "Successful"


def test_load_that_lasts_scales_out(sandbox, scaled, track, count, ask):
    name, place = scaled()
    track(place, value=3.0)
    until = time.monotonic() + 60
    while count(name) == 2:
        assert time.monotonic() < until
        for _ in range(12):
            ask(name)
        sandbox.pass_time()
    assert count(name) >= 3


def test_a_schedule_sets_limits_and_so_the_instances(sandbox, contract, scaled, count, eventually):
    name, place = scaled(least=1, most=4)
    scaling = contract("application-autoscaling")
    scaling.put_scheduled_action(
        ScheduledActionName="morning",
        Schedule="at(2020-01-01T08:00:00)",
        ScalableTargetAction={"MinCapacity": 3, "MaxCapacity": 6},
        **place,
    )
    eventually(lambda: count(name) == 3)
    (target,) = scaling.describe_scalable_targets(
        ServiceNamespace=NAMESPACE, ResourceIds=[place["ResourceId"]]
    )["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (3, 6)
    assert scaling.describe_scheduled_actions(**place)["ScheduledActions"] == []
    scaling.put_scheduled_action(
        ScheduledActionName="evening",
        Schedule="cron(0 20 * * ? *)",
        Timezone="Europe/Lisbon",
        ScalableTargetAction={"MinCapacity": 1},
        **place,
    )
    (evening,) = scaling.describe_scheduled_actions(**place)["ScheduledActions"]
    assert evening["Timezone"] == "Europe/Lisbon"
    scaling.delete_scheduled_action(ScheduledActionName="evening", **place)


def test_an_update_keeps_what_is_scaled(
    contract, scaled, make_model, unique, refused, make_config, settled, count
):
    name, _ = scaled()
    config = unique("config")
    variant = {"VariantName": "Only", "ModelName": make_model(), "InitialInstanceCount": 1}
    sagemaker = contract("sagemaker")
    sagemaker.create_endpoint_config(
        EndpointConfigName=config,
        ProductionVariants=[{**variant, "InstanceType": "ml.m5.xlarge"}],
    )
    for each in (config, make_config(Other=make_model())):
        code, said = refused(sagemaker.update_endpoint, EndpointName=name, EndpointConfigName=each)
        assert (code, "must be deregistered" in said) == ("ValidationException", True)
    sagemaker.update_endpoint(
        EndpointName=name,
        EndpointConfigName=make_config(Only=make_model()),
        RetainAllVariantProperties=True,
    )
    assert settled(name)["EndpointStatus"] == "InService"
    assert count(name) == 2


REFUSED: dict[str, Any] = {
    "another service": ({"ServiceNamespace": "ecs"}, "the sandbox does not scale ecs"),
    "no variant": ({"ResourceId": "endpoint/none/variant/Only"}, "No variant with instances"),
    "upside down": ({"MinCapacity": 5, "MaxCapacity": 4}, "cannot be less than minimum"),
    "to nothing": ({"MinCapacity": 0}, "cannot be less than 1"),
}


@pytest.mark.parametrize("changed", REFUSED)
def test_what_cannot_be_scaled_is_refused(contract, refused, variant, changed):
    _, place = variant
    parts, words = REFUSED[changed]
    given = {**place, "MinCapacity": 1, "MaxCapacity": 2, **parts}
    code, said = refused(contract("application-autoscaling").register_scalable_target, **given)
    assert (code, words in said) == ("ValidationException", True), said


def test_a_policy_of_another_kind_is_refused_by_its_name(contract, refused, scaled):
    _, place = scaled()
    scaling = contract("application-autoscaling")
    tracked = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    config = {"TargetValue": 1.0, "PredefinedMetricSpecification": tracked}
    for given, words in (
        ({"PolicyType": "StepScaling"}, "does not carry StepScaling"),
        (
            {
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": config,
            },
            "does not track ECSServiceAverageCPUUtilization",
        ),
    ):
        code, said = refused(scaling.put_scaling_policy, PolicyName="p", **place, **given)
        assert (code, words in said) == ("ValidationException", True), said
    code, _ = refused(scaling.delete_scaling_policy, PolicyName="none", **place)
    assert code == "ObjectNotFoundException"


def test_who_scales_needs_the_rights_on_what_is_scaled(allowed_to, refused, variant):
    _, place = variant
    call = {**place, "MinCapacity": 1, "MaxCapacity": 2}
    needed = (
        "application-autoscaling:RegisterScalableTarget",
        "sagemaker:DescribeEndpoint",
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    )
    for missing in needed:
        rights = [right for right in needed if right != missing]
        client = allowed_to("application-autoscaling", *rights)
        code, said = refused(client.register_scalable_target, **call)
        assert (code, missing in said) == ("AccessDeniedException", True), said
    client = allowed_to(
        "application-autoscaling", *needed, "application-autoscaling:DeregisterScalableTarget"
    )
    client.register_scalable_target(**call)
    client.deregister_scalable_target(**place)
