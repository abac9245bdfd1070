"""An approved model serves, a bad one does not, a challenger wins: one story, test by test."""

import json
import time
from functools import partial

import pytest

from demos.model_hosting.caller import EndpointCaller
from demos.model_hosting.crowd import ask_many
from model_hosting.sticky_variant import sticky_variant
from operations.deployments import shift
from operations.experiments import begin, conclusion, end, readout, rows

ASKED = 2_000  # requests; `make bench BENCH=ModelHosting` asks 10,000
KEYS = [f"shopper-{n}" for n in range(40)]


class Session:
    """An operator's session in the sandbox."""

    region_name = "us-east-1"

    def __init__(self, sandbox):
        self.client = sandbox.client


def predicts(hosting, trainer, key="shopper"):
    """Ask for the known rows; gives the answer, which has to tell what the model told."""
    known = trainer.known()
    status, told = hosting.predict(json.dumps({"rows": known["rows"], "key": key}).encode())
    assert status == 200, told
    assert told["predictions"] == pytest.approx(known["predictions"], abs=1e-6)
    return told


def version(arn):
    return arn.rpartition("/")[2]


def targets(hosting):
    """List the variants whose instances scale, and between which numbers."""
    found = hosting.sandbox.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker"
    )["ScalableTargets"]
    of_ours = f"endpoint/{hosting.outputs['EndpointName']}/variant/"
    return {
        each["ResourceId"].removeprefix(of_ours): (each["MinCapacity"], each["MaxCapacity"])
        for each in found
        if each["ResourceId"].startswith(of_ours)
    }


def records(hosting):
    """Read what is on record of experiments, in order."""
    found = [json.loads(hosting.download("CapturesBucketName", key))
             for key in hosting.keys("CapturesBucketName", "experiments/")]  # fmt: skip
    return [(r["what"], r["percent"]) for r in sorted(found, key=lambda r: r["at"])]


def body_of(trainer):
    return json.dumps(trainer.known()["rows"][:1]).encode()


def asked(hosting, trainer, least, until=lambda: True):
    caller = partial(EndpointCaller, hosting.sandbox, hosting.outputs["EndpointName"])
    return ask_many(caller, body_of(trainer), least=least, until=until)


def test_nobody_who_is_not_known_is_answered(hosting):
    status, told = hosting.predict(b'{"rows": [{"a": 1}]}', signed=False)
    assert (status, "predictions" in told) == (403, False)


def test_until_a_model_is_deployed_the_answer_says_so(hosting):
    if hosting.sandbox.client("sagemaker").list_endpoints(
        NameContains=hosting.outputs["EndpointName"]
    )["Endpoints"]:
        pytest.skip("another file has deployed one before, in this process")
    assert hosting.predict(b'{"rows": [{"a": 1}]}') == (
        503,
        {"error": "no model is deployed; try again later"},
    )


def test_what_has_not_the_shape_of_a_request_is_refused(hosting):
    assert hosting.predict(b'{"rows": []}')[0] == 400


def test_an_approved_model_serves_and_a_bad_one_is_refused_unnoticed(hosting, trainer):
    first = trainer.register()
    hosting.ends(lambda: trainer.approve(first), "SUCCEEDED")
    time.sleep(1.1)  # by then the function looks again what serves
    told = predicts(hosting, trainer)
    assert (told["variant"], told["model_version"]) == ("Champion", version(first))

    # Another library predicts otherwise, or a file was changed: known rows say so at the load.
    known = trainer.known()
    wrong = {**known, "predictions": [each / 2 for each in known["predictions"]]}
    bad = trainer.register(**{"known_rows.json": json.dumps(wrong).encode()})
    hosting.ends(lambda: trainer.approve(bad), "FAILED")
    assert predicts(hosting, trainer)["model_version"] == version(first)
    (key,) = [k for k in hosting.keys("FailuresBucketName") if k.startswith("failed_deployments/")]
    record = json.loads(hosting.download("FailuresBucketName", key))
    assert (record["package"], record["error"]) == (bad, "ModelRefused")

    second = trainer.register()
    hosting.ends(lambda: trainer.approve(second), "SUCCEEDED")
    time.sleep(1.1)
    assert predicts(hosting, trainer)["model_version"] == version(second)
    turn = hosting.turn()
    assert (turn["package"], turn["package_before"]) == (second, first)
    assert "holder" not in turn
    assert targets(hosting) == {"Champion": (2, 4)}


def test_a_challenger_comes_is_shifted_live_and_wins(hosting, trainer):
    third = trainer.register({"challenger_percent": "40"})
    versions = {"Champion": version(hosting.turn()["package"]), "Challenger": version(third)}
    hosting.ends(lambda: trainer.approve(third), "SUCCEEDED")
    assert hosting.weights() == {"Champion": 60.0, "Challenger": 40.0}
    assert targets(hosting) == {"Champion": (2, 4), "Challenger": (2, 4)}
    assert hosting.turn()["challenger"] == third

    # By weight: five standard deviations of a fair draw.
    split = asked(hosting, trainer, ASKED)
    deviation = (split.total * 0.4 * 0.6) ** 0.5
    assert not split.failed
    assert abs(split.by_variant["Challenger"] - 0.4 * split.total) < 5 * deviation
    caller = EndpointCaller(hosting.sandbox, hosting.outputs["EndpointName"])
    for variant in ("Champion", "Challenger"):
        assert caller.ask(body_of(trainer), target=variant) == (200, variant)
    caller.close()

    # By key: exactly, and with the version of whoever answers.
    def answered():
        time.sleep(1.1)
        told = {key: predicts(hosting, trainer, key) for key in KEYS}
        for one in told.values():
            assert one["model_version"] == versions[one["variant"]]
        return {key: one["variant"] for key, one in told.items()}

    def expected(weights):
        endpoint = hosting.outputs["EndpointName"]
        return {key: sticky_variant(key, weights, experiment=endpoint) for key in KEYS}

    before = answered()
    assert before == expected({"Champion": 60.0, "Challenger": 40.0})

    # By schedule, then by hand; neither is an update of the endpoint.
    config = hosting.endpoint()["EndpointConfigName"]
    hosting.wait_for(lambda: hosting.weights()["Challenger"] == 60.0, 240)
    session = Session(hosting.sandbox)
    shift(session, hosting.stack, {"Champion": 20.0, "Challenger": 80.0}, dry_run=False)
    after = answered()
    assert after == expected({"Champion": 20.0, "Challenger": 80.0})
    assert all(after[key] == "Challenger" for key in KEYS if before[key] == "Challenger")
    hosting.wait_for(lambda: len(records(hosting)) == 3, 120)
    assert records(hosting) == [("begun", 40), ("shifted", 60), ("weighed by hand", 80)]
    assert hosting.endpoint()["EndpointConfigName"] == config

    told = readout(session, hosting.stack)
    seen = {row[1]: int(row[2]) for row in rows(told) if row[0] == "failed" and row[2]}
    assert set(seen) == {"champion", "challenger"}
    assert sum(seen.values()) >= len(KEYS)
    assert conclusion(told).startswith(("go on", "stop: the variants do not differ"))

    # Whoever asks while the winner takes over, step by step, is answered.
    def is_over():
        return hosting.endpoint()["EndpointConfigName"] != config

    found = []
    hosting.ends(
        lambda: end(session, hosting.stack, "Challenger", dry_run=False),
        "SUCCEEDED",
        meanwhile=lambda: found.append(asked(hosting, trainer, ASKED, until=is_over)),
    )
    assert (found[0].total >= ASKED, found[0].failed) == (True, {})
    assert hosting.weights() == {"Champion": 1.0}
    assert targets(hosting) == {"Champion": (2, 4)}
    turn = hosting.turn()
    assert turn["package"] == third
    assert "challenger" not in turn
    time.sleep(1.1)
    assert predicts(hosting, trainer)["model_version"] == version(third)


def test_a_challenger_whose_alarm_rings_has_no_traffic_any_more(hosting, trainer):
    session, turn = Session(hosting.sandbox), hosting.turn()
    before = turn["package_before"]
    hosting.ends(lambda: begin(session, hosting.stack, before, 30, dry_run=False), "SUCCEEDED")
    # An alarm that rings and stays so, of the name that the machine looks for.
    hosting.sandbox.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{hosting.stack}-ChallengerFailing",
        Namespace="Test",
        MetricName="Nothing",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )
    hosting.wait_for(lambda: hosting.weights() == {"Champion": 100.0, "Challenger": 0.0}, 120)
    hosting.wait_for(lambda: records(hosting)[-1] == ("taken back", 0))
    # It can be removed although its alarm rings, and the champion's weight is its own.
    hosting.ends(lambda: end(session, hosting.stack, "Champion", dry_run=False), "SUCCEEDED")
    assert hosting.weights() == {"Champion": 1.0}
    assert (hosting.turn()["package"], hosting.turn()["package_before"]) == (
        turn["package"],
        before,
    )


def test_a_share_that_is_none_is_refused_before_anything_is_made(hosting, trainer):
    bad = trainer.register({"challenger_percent": "1e2"})
    hosting.ends(lambda: trainer.approve(bad), "FAILED")
    assert hosting.weights() == {"Champion": 1.0}
