"""Each kind of bad model is taken back by its own alarm or check, and nobody else is hurt."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from testing.deployments import ends, executions, predicts, why
from testing.model_archive import visits

STACK = "ModelHosting-prod"
ALARMS = ("Failing", "Slow", "Unlike")
A_STEP, STEPS = 40, 3  # requests at each look at an update, as long as it is not taken back
FAULT = """

_tell = predict_fn


def predict_fn(request, model):
    import os
    import time

    told = _tell(request, model)
    if isinstance(told, Predictions) and len(told.values) > len(told.refused):
        {fault}
    return told
"""
FAULTS = {
    "errors": ('raise RuntimeError("bad container")', "Failing"),
    "exits": ("os._exit(1)", "Failing"),
    "slow": ("time.sleep(0.6)", "Slow"),
    "wrong": ("told = Predictions([1 - each for each in told.values], told.refused)", "Unlike"),
}


def broken(trainer, fault):
    """Register a version whose handlers load well, and then do so with each request."""
    handlers = trainer.handlers() + FAULT.format(fault=fault).encode()
    return trainer.register(**{"code/inference.py": handlers})


class Callers:
    """Asks the endpoint itself, and by the API; notes what came of each request."""

    def __init__(self, hosting, trainer):
        self.hosting, self.known = hosting, trainer.known()
        self.runtime = hosting.sandbox.client("sagemaker-runtime")
        self.name = hosting.outputs["EndpointName"]
        self.rows = visits(20, 31)

    def ask(self, times):
        """Ask the endpoint for the known rows; gives what each answer was."""
        return [self._once() for _ in range(times)]

    def _once(self):
        began = time.monotonic()
        body = json.dumps(self.known["rows"]).encode()
        try:
            reply = self.runtime.invoke_endpoint(
                EndpointName=self.name, ContentType="application/json", Body=body
            )
        except ClientError as error:
            return error.response["Error"]["Code"]
        told = json.loads(reply["Body"].read())["predictions"]
        if told != pytest.approx(self.known["predictions"], abs=1e-6):
            return "wrong"
        return "slow" if time.monotonic() - began > 0.5 else "right"

    def ask_api(self, times):
        """Ask by the API, which compares answers of before and during an update."""
        body = json.dumps({"rows": self.rows}).encode()
        return [self.hosting.predict(body)[0] for _ in range(times)]

    def endpoint(self):
        """Describe the endpoint."""
        return self.hosting.sandbox.client("sagemaker").describe_endpoint(EndpointName=self.name)

    def is_shared(self):
        """Tell whether an update's new fleet has traffic, and is looked at."""
        pending = self.endpoint().get("PendingDeploymentSummary", {}).get("ProductionVariants", [])
        states = [state["Status"] for each in pending for state in each.get("VariantStatus", ())]
        return "Baking" in states


def alarm(hosting, name):
    """Tell the state of an alarm of the stack."""
    found = hosting.sandbox.client("cloudwatch").describe_alarms(AlarmNames=[f"{STACK}-{name}"])
    return found["MetricAlarms"][0]["StateValue"]


def rings(hosting):
    """Count how often each of the alarms that take an update back has rung."""
    cloudwatch = hosting.sandbox.client("cloudwatch")
    return {
        name: sum(
            item["HistorySummary"].endswith("to ALARM")
            for item in cloudwatch.describe_alarm_history(
                AlarmName=f"{STACK}-{name}", HistoryItemType="StateUpdate"
            )["AlarmHistoryItems"]
        )
        for name in ALARMS
    }


@pytest.fixture(scope="module")
def callers(hosting, trainer):
    ends(hosting, trainer, trainer.register(), "SUCCEEDED")
    predicts(hosting, trainer)
    return Callers(hosting, trainer)


def updated(hosting, trainer, callers, arn):
    """Approve a version, and ask at each step of its update; gives answers and the alarms rung."""
    failed = len(executions(hosting, "FAILED"))
    callers.ask_api(20)  # so that there are answers of before
    trainer.approve(arn)
    answers, before, steps = [], rings(hosting), 0
    end = time.monotonic() + 240
    while len(executions(hosting, "FAILED")) == failed:
        assert time.monotonic() < end, hosting.sandbox.problems()
        if callers.is_shared() and steps < STEPS:
            steps += 1
            answers += callers.ask(A_STEP)
            answers += ["right" if s == 200 else str(s) for s in callers.ask_api(20)]
            time.sleep(1.5)  # alarms are looked at each second; what is skipped is no time to ring
        hosting.sandbox.pass_time()
    return answers, {name for name, times in rings(hosting).items() if times > before[name]}


@pytest.mark.parametrize(("fault", "its_alarm"), FAULTS.values(), ids=FAULTS)
def test_an_update_to_a_bad_model_is_taken_back_by_its_own_alarm(
    hosting, trainer, callers, fault, its_alarm
):
    served = callers.endpoint()["EndpointConfigName"]
    bad = broken(trainer, fault)
    answers, rung = updated(hosting, trainer, callers, bad)
    assert its_alarm in rung, (rung, answers, why(hosting, executions(hosting, "FAILED")[0]))
    # The old fleet has answered all along: never were all requests of the new one.
    assert answers.count("right") > len(answers) / 4
    # From now on, nobody is answered by the bad one.
    assert set(callers.ask(60)) == {"right"}
    now = callers.endpoint()
    assert (now["EndpointConfigName"], now["EndpointStatus"]) == (served, "InService")
    records = [
        json.loads(hosting.download("FailuresBucketName", key))
        for key in hosting.keys("FailuresBucketName", "failed_deployments/")
    ]
    assert [r["error"] for r in records if r["package"] == bad] == ["RolledBack"]
    hosting.wait_for(lambda: all(alarm(hosting, each) != "ALARM" for each in ALARMS))


def test_another_release_of_the_library_is_refused_before_anybody_is_answered_by_it(
    hosting, trainer, callers
):
    signature = json.loads(trainer.file("signature.json"))
    signature["library"]["xgboost"] = "2.1.4"
    bad = trainer.register(**{"signature.json": json.dumps(signature).encode()})
    ends(hosting, trainer, bad, "FAILED")
    assert set(callers.ask(40)) == {"right"}
    (error,) = [
        record["error"]
        for key in hosting.keys("FailuresBucketName", "failed_deployments/")
        if (record := json.loads(hosting.download("FailuresBucketName", key)))["package"] == bad
    ]
    assert error == "ModelRefused"


def test_a_good_update_fails_no_call(hosting, trainer, callers):
    done = len(executions(hosting, "SUCCEEDED"))
    trainer.approve(trainer.register())
    answers = []
    while len(executions(hosting, "SUCCEEDED")) == done:
        answers += callers.ask(10)
        hosting.sandbox.pass_time()
    assert set(answers) == {"right"}
