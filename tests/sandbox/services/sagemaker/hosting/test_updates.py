"""Updates behind a running endpoint: step by step, without a gap, and back when an alarm rings."""

import json
import threading
import time

import pytest
from botocore.exceptions import ClientError


class Callers:
    """Threads that ask an endpoint on and on, and keep what they were told."""

    def __init__(self, ask, endpoint):
        self.answers, self.failures = [], []
        self._ask, self._endpoint = ask, endpoint
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._go) for _ in range(3)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _go(self):
        while not self._is_over.is_set():
            try:
                self.answers.append(self._ask(self._endpoint)["answer"])
            except ClientError as error:
                self.failures.append(error)


@pytest.fixture
def alarm(sandbox, unique):
    """Make an alarm on a variant's faults, or on another metric of it; gives its name."""

    def make(endpoint, variant="Only", metric="Invocation5XXErrors", threshold=1.0, stat="Sum"):
        name = unique("alarm")
        sandbox.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[
                {"Name": "EndpointName", "Value": endpoint},
                {"Name": "VariantName", "Value": variant},
            ],
            Statistic=stat,
            Period=60,
            EvaluationPeriods=1,
            Threshold=threshold,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
        )
        return name

    return make


@pytest.fixture
def heard(sandbox, queue, unique, eventually):
    """Hear of an endpoint's events; gives what reads (their kind, status, configuration)."""

    def listen(endpoint):
        url, queue_arn = queue()
        events, name = sandbox.client("events"), unique("rule")
        pattern = {"source": ["aws.sagemaker"], "detail": {"EndpointName": [endpoint]}}
        rule = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
        sandbox.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}])
        seen = []

        def read():
            reply = sandbox.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in reply.get("Messages", ()):
                event = json.loads(message["Body"])
                assert event["resources"] == [event["detail"]["EndpointArn"]]
                seen.append(event)
            return seen

        return read

    return listen


def test_a_canary_takes_part_of_the_traffic_then_all_of_it(
    sandbox, contract, make_model, make_config, make_endpoint, ask, canary, settled, heard
):
    old, new = (make_config(Only=make_model(answer=answer)) for answer in ("old", "new"))
    name = make_endpoint(old)
    read = heard(name)
    sagemaker = contract("sagemaker")
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=new, DeploymentConfig=canary())
    shown = sagemaker.describe_endpoint(EndpointName=name)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("Updating", old)
    assert shown["PendingDeploymentSummary"]["EndpointConfigName"] == new
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        sagemaker.delete_endpoint(EndpointName=name)
    said = []
    until = time.monotonic() + 60
    while shown["EndpointStatus"] == "Updating":
        (variant,) = shown["PendingDeploymentSummary"]["ProductionVariants"]
        message = variant["VariantStatus"][0]["StatusMessage"]
        if message not in said:
            said.append(message)
        if "canary" in message:
            assert {ask(name)["answer"] for _ in range(30)} == {"old", "new"}
        assert time.monotonic() < until
        sandbox.pass_time()
        shown = sagemaker.describe_endpoint(EndpointName=name)
    assert [text for text in said if text.startswith("Baking")] == [
        "Baking for 300 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity "
        "of 1 instance(s).",
        "Baking for 60 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity "
        "of 2 instance(s).",
    ]
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", new)
    assert shown["LastDeploymentConfig"] == canary()
    assert {ask(name)["answer"] for _ in range(20)} == {"new"}
    until = time.monotonic() + 10
    while not any(event["detail"]["EndpointStatus"] == "IN_SERVICE" for event in read()):
        assert time.monotonic() < until
    kinds = {event["detail-type"] for event in read()}
    assert kinds == {
        "SageMaker Endpoint State Change",
        "SageMaker Endpoint Deployment State Change",
    }


def test_an_alarm_rolls_a_canary_back_and_no_good_call_fails(
    sandbox, contract, make_model, make_config, make_endpoint, ask, canary, settled, alarm, heard
):
    old = make_config(Only=make_model(answer="old"))
    new = make_config(Only=make_model(answer="new", seconds=0.25))
    name = make_endpoint(old)
    slow = alarm(name, metric="ModelLatency", threshold=200_000.0, stat="Maximum")
    read = heard(name)
    with Callers(ask, name) as callers:
        contract("sagemaker").update_endpoint(
            EndpointName=name, EndpointConfigName=new, DeploymentConfig=canary(slow)
        )
        shown = settled(name)
        over = len(callers.answers)
        until = time.monotonic() + 30
        while len(callers.answers) < over + 50:
            assert time.monotonic() < until
            time.sleep(0.05)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", old)
    assert "PendingDeploymentSummary" not in shown
    assert "new" in callers.answers[:over]
    assert "new" not in callers.answers[over:]
    assert callers.failures == []
    until = time.monotonic() + 10
    while not any(event["detail"]["EndpointStatus"] == "ROLLING_BACK" for event in read()):
        assert time.monotonic() < until


def test_faults_roll_back_by_their_alarm(
    sandbox, contract, make_model, make_config, make_endpoint, ask, canary, settled, alarm
):
    old, new = make_config(Only=make_model()), make_config(Only=make_model(raises="bad"))
    name = make_endpoint(old)
    rings = alarm(name)
    contract("sagemaker").update_endpoint(
        EndpointName=name,
        EndpointConfigName=new,
        DeploymentConfig=canary(rings, kind="ALL_AT_ONCE"),
    )
    failed = None
    until = time.monotonic() + 60
    while not failed:
        assert time.monotonic() < until
        try:
            ask(name)
        except ClientError as error:
            failed = error
    shown = settled(name)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", old)
    assert ask(name)["answer"] == "right"


def test_what_does_not_come_up_never_gets_traffic(
    contract, make_model, make_config, make_endpoint, ask, canary, settled
):
    old = make_config(Only=make_model())
    new = make_config(Only=make_model(ends_at_load=True))
    name = make_endpoint(old)
    with Callers(ask, name) as callers:
        contract("sagemaker").update_endpoint(
            EndpointName=name, EndpointConfigName=new, DeploymentConfig=canary()
        )
        shown = settled(name)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", old)
    assert (set(callers.answers), callers.failures) == ({"right"}, [])


def test_an_update_fails_no_call(
    contract, make_model, make_config, make_endpoint, ask, canary, settled
):
    name = make_endpoint(make_config(Only=make_model(answer="old")))
    with Callers(ask, name) as callers:
        for number, kind in enumerate(("ALL_AT_ONCE", "LINEAR")):
            config = make_config(Only=make_model(answer=f"new {number}"))
            contract("sagemaker").update_endpoint(
                EndpointName=name,
                EndpointConfigName=config,
                DeploymentConfig=canary(kind=kind, wait=30, last=0),
            )
            assert settled(name)["EndpointConfigName"] == config
    assert callers.failures == []
    assert {"old", "new 0"} <= set(callers.answers)


def test_a_rolling_update_shifts_batch_by_batch(
    contract, make_model, make_config, make_endpoint, ask, settled
):
    name = make_endpoint(make_config(Only=make_model(answer="old")))
    new = make_config(Only=make_model(answer="new"))
    size = {"Type": "INSTANCE_COUNT", "Value": 1}
    rolling = {"MaximumBatchSize": size, "WaitIntervalInSeconds": 60}
    contract("sagemaker").update_endpoint(
        EndpointName=name,
        EndpointConfigName=new,
        DeploymentConfig={"RollingUpdatePolicy": rolling},
    )
    assert settled(name)["EndpointConfigName"] == new
    assert ask(name)["answer"] == "new"


@pytest.mark.parametrize("keeps", [True, False], ids=["kept", "reset"])
def test_variants_keep_what_they_had_come_to_have_if_asked(
    contract, make_model, make_config, make_endpoint, settled, keeps
):
    old, new = (make_config(A=make_model(), B=make_model()) for _ in range(2))
    name, sagemaker = make_endpoint(old), contract("sagemaker")
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[
            {"VariantName": "A", "DesiredWeight": 9.0, "DesiredInstanceCount": 5}
        ],
    )
    sagemaker.update_endpoint(
        EndpointName=name,
        EndpointConfigName=new,
        RetainAllVariantProperties=keeps,
        **(
            {"ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}]}
            if keeps
            else {}
        ),
    )
    first = settled(name)["ProductionVariants"][0]
    assert (first["CurrentWeight"], first["CurrentInstanceCount"]) == (1.0, 5 if keeps else 2)


def test_what_cannot_be_an_update_is_refused(
    contract, refused, make_model, make_config, make_endpoint, canary
):
    model = make_model()
    config, other = make_config(Only=model), make_config(Only=model)
    name = make_endpoint(config)
    larger = canary()
    routing = larger["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    routing["CanarySize"] = {"Type": "CAPACITY_PERCENT", "Value": 60}
    for call, words in (
        ({"EndpointConfigName": config}, "endpoint configuration that it has"),
        ({"EndpointConfigName": "none"}, "Could not find endpoint configuration"),
        ({"DeploymentConfig": canary("no-such-alarm")}, "no-such-alarm"),
        ({"DeploymentConfig": canary(wait=3600)}, "MaximumExecutionTimeoutInSeconds"),
        ({"DeploymentConfig": larger}, "must be between 0% and 50%"),
        (
            {"DeploymentConfig": canary(), "RetainDeploymentConfig": True},
            "DeploymentConfig or RetainDeploymentConfig",
        ),
    ):
        given = {"EndpointName": name, "EndpointConfigName": other, **call}
        code, said = refused(contract("sagemaker").update_endpoint, **given)
        assert (code, words in said) == ("ValidationException", True), said
    shown = contract("sagemaker").describe_endpoint(EndpointName=name)
    assert shown["EndpointStatus"] == "InService"
