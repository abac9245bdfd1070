"""What is asked of UpdateEndpoint is what AWS's own model of the API takes."""

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from stacks.model_hosting.deployment_config import (
    LONGEST_SECONDS,
    Deployment,
    deployment_config,
    problem_of,
)

ALARMS = ["Errors", "Latency"]
WAYS = ("all-at-once", "canary", "linear", "rolling")
DEPLOYMENTS = st.builds(
    Deployment,
    way=st.sampled_from(WAYS),
    step_percent=st.integers(1, 100),
    bake_seconds=st.integers(0, 3600),
    keep_old_seconds=st.integers(0, 3600),
)


@pytest.fixture(scope="module")
def shape():
    model = ServiceModel(Loader().load_service_model("sagemaker", "service-2"))
    return model.operation_model("UpdateEndpoint").input_shape


@given(deployment=DEPLOYMENTS, instances=st.integers(1, 8))
def test_what_is_not_refused_is_a_valid_request_of_this_length(shape, deployment, instances):
    config = deployment_config(deployment, ALARMS)
    request = {"EndpointName": "e", "EndpointConfigName": "c", "DeploymentConfig": config}
    if problem_of(deployment, instances=instances):
        return
    assert not ParamValidator().validate(request, shape).generate_report()
    (policy,) = (config[name] for name in config if name.endswith("UpdatePolicy"))
    limit = policy["MaximumExecutionTimeoutInSeconds"]
    assert deployment.seconds < limit <= LONGEST_SECONDS


@pytest.mark.parametrize(
    ("way", "step", "instances", "reason"),
    [
        ("canary", 51, 4, "1 to 50 percent"),
        ("linear", 9, 4, "10 to 50 percent"),
        ("rolling", 4, 4, "5 to 50 percent"),
        ("canary", 10, 1, "at least 2 instances"),
        ("rolling", 50, 1, "at least 2 instances"),
        ("linear", 10, 4, "wait for 27000 seconds at most"),
    ],
    ids=["canary", "linear", "rolling", "lonely-canary", "lonely-rolling", "too-long"],
)
def test_what_aws_would_refuse_is_refused_before(way, step, instances, reason):
    found = problem_of(Deployment(way, step, 3600, 0), instances=instances)
    assert found is not None
    assert reason in found


@pytest.mark.parametrize(
    ("way", "step", "steps"),
    [("all-at-once", 10, 1), ("canary", 10, 2), ("linear", 30, 4), ("rolling", 50, 2)],
    ids=WAYS,
)
def test_each_way_moves_traffic_in_so_many_steps(way, step, steps):
    assert Deployment(way, step, 60, 0).steps == steps


def test_an_update_takes_itself_back_when_any_alarm_rings():
    config = deployment_config(Deployment("canary", 20, 300, 600), ALARMS)
    assert config == {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {
                "Type": "CANARY",
                "WaitIntervalInSeconds": 300,
                "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 20},
            },
            "TerminationWaitInSeconds": 600,
            "MaximumExecutionTimeoutInSeconds": 3000,
        },
        "AutoRollbackConfiguration": {
            "Alarms": [{"AlarmName": "Errors"}, {"AlarmName": "Latency"}]
        },
    }


@pytest.mark.parametrize("count", [0, 11], ids=["none", "eleven"])
def test_an_update_that_nothing_watches_or_too_much_is_refused(count):
    with pytest.raises(ValueError, match=f"watched by {count} alarms"):
        deployment_config(Deployment("canary", 20, 300, 600), ["Errors"] * count)
