"""Each alarm rings for the fault that it is for, and one bad thing rings one."""

import pytest

from testing.alarm_bells import AlarmBells, soon_too_old
from testing.direct_deployment import DirectDeployment

STACK, NAME = "RetailDemographics", "RetailDemographics-prod"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "retail_demographics.batch_window_seconds": 1,
    "alarms.throttles": 1,
}
FEWEST = 20  # frames of an hour, below which nobody is called for rejects
NO_PICTURE = b"no picture"


@pytest.fixture
def stage(calm, assemblies):
    """Give a shop whose alarms nobody else has rung."""
    template = assemblies.template(STACK, stage="prod", overrides=SETTINGS)
    deployment = DirectDeployment(calm.sandbox, NAME, soon_too_old(template, "ArrivalsLate"))
    assert deployment.create() == "CREATE_COMPLETE"
    there = type(calm)(calm.sandbox, calm.sandbox.outputs(NAME))
    there.redeliver_after(seconds=1)
    yield there
    calm.sandbox.faults([])
    deployment.forget()


def test_every_alarm_is_rung_by_its_fault_and_one_bad_message_rings_one(stage):
    bells = AlarmBells(stage.sandbox, NAME)
    queue, functions = stage.outputs["QueueUrl"], stage.sandbox.client("lambda")
    function = {"FunctionName": stage.outputs["FunctionName"]}

    stage.send([("Ring/door/bad.jpg", NO_PICTURE)])
    stage.sqs.send_message(QueueUrl=queue, MessageBody="no event of S3")
    assert bells.only("ArrivalsFailed")

    stage.sandbox.faults([{"kill_function": f"{NAME}-AnalyzeFaces", "times": 1}])
    stage.send([(f"Ring/door/{n}.jpg", NO_PICTURE) for n in range(FEWEST)])
    bells.wait_for("AnalyzeFacesErrors", "FramesRejected")

    stage.sandbox.faults([{"action": "sqs:ReceiveMessage", "code": "ServiceUnavailable"}])
    stage.send([("Ring/door/late.jpg", NO_PICTURE)])
    functions.put_function_concurrency(**function, ReservedConcurrentExecutions=0)
    with pytest.raises(functions.exceptions.TooManyRequestsException):
        functions.invoke(**function, Payload=b"{}")
    bells.wait_for("FunctionsThrottled", "ArrivalsLate", seconds=60)
    assert bells.rung() == bells.all()
