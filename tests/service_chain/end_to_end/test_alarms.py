"""Each alarm rings for the fault that it is for, and one bad file rings one."""

import pytest

from testing.alarm_bells import AlarmBells, soon_too_old
from testing.direct_deployment import DirectDeployment

STACK, NAME = "ServiceChain", "ServiceChain-prod"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "alarms.throttles": 1,
}


@pytest.fixture
def stage(calm, assemblies):
    """Give an office whose alarms nobody else has rung."""
    template = assemblies.template(STACK, stage="prod", overrides=SETTINGS)
    hurried = soon_too_old(template, "ArrivalsLate", "OldestDocument")
    deployment = DirectDeployment(calm.sandbox, NAME, hurried)
    assert deployment.create() == "CREATE_COMPLETE"
    there = type(calm)(calm.sandbox, calm.sandbox.outputs(NAME))
    there.redeliver_after(seconds=1)
    yield there
    calm.sandbox.faults([])
    for execution in there.running():
        there.states.stop_execution(executionArn=execution["executionArn"])
    deployment.forget()


def test_every_alarm_is_rung_by_its_fault_and_one_bad_file_rings_one(stage):
    bells, outputs, faults = AlarmBells(stage.sandbox, NAME), stage.outputs, stage.sandbox.faults

    stage.finished([stage.drop("bad.txt", b"")])
    assert bells.only("ChainFailed")

    stage.sqs.send_message(QueueUrl=outputs["QueueUrl"], MessageBody="no event")
    for machine in ("Record", "Resume"):  # an event of another shape than was known
        stage.states.start_execution(
            stateMachineArn=outputs[f"{machine}MachineArn"], input='{"detail": {}}'
        )
    bells.wait_for("ArrivalsFailed", "RecordFailed", "ResumeFailed")

    faults(
        [
            {"event": "eventbridge", "source": "aws.states", "fail": 1.0},
            {"action": "states:ListExecutions", "code": "AccessDeniedException"},
            {"kill_function": f"{NAME}-FunctionsStart", "times": 1},
        ]
    )
    stage.sandbox.fire_schedules(NAME)
    stage.drop("bad too.txt", b"")
    bells.wait_for("UndeliveredFailed", "MeasureErrors", "StartErrors")

    faults([])
    stage.sandbox.client("lambda").put_function_concurrency(
        FunctionName=outputs["IdentifyFunctionName"], ReservedConcurrentExecutions=0
    )
    stage.drop("throttled.txt", b"It waits.")
    bells.wait_for("FunctionsThrottled")
    faults([{"action": "sqs:ReceiveMessage", "code": "ServiceUnavailable"}])
    stage.drop("late.txt", b"It waits, too.")
    bells.wait_for("ArrivalsLate", seconds=60)
    stage.sandbox.fire_schedules(NAME)
    bells.wait_for("OldestDocument")
    assert bells.rung() == bells.all()
