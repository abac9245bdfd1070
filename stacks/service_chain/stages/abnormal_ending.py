"""The small machine that records an execution that ended and could not record it itself. Pure."""

from typing import Any

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import LAMBDA_MARGIN_SECONDS, invoke
from stacks.service_chain.stages.assemble import ASSEMBLE_SECONDS
from stacks.service_chain.stages.capacity import wait_for_room
from stacks.service_chain.stages.endings import (
    HAS_DOCUMENT,
    NOT_TOLD,
    RECORD_FAILURE,
    RECORDED,
    failure_message,
    publish,
)
from stacks.shared.asl import INPUT, call, choose, jsonata

RECORDING_SECONDS = 3600  # but for the wait for a function

_STATE = "Execution"  # which of its states was the last is not told
_RUN = f"{INPUT}.detail.executionArn"


def record_abnormal_ending(settings: ServiceChain) -> dict[str, Any]:
    """Record the failure of an execution that could not: out of time, stopped, or out of bounds.

    The event says that it ended; what it was about is only told to who may decrypt it. A function
    that was at work when it ended goes on: until it is over, nobody knows whether the document
    will be there.
    """
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "DescribeExecution",
        "TimeoutSeconds": settings.execution_hours * 3600 + RECORDING_SECONDS,
        "States": {
            "DescribeExecution": call(
                "sfn",
                "describeExecution",
                {"ExecutionArn": jsonata(_RUN)},
                assign={
                    "given": jsonata("$parse($states.result.Input)"),
                    "failure_error": jsonata(
                        "$exists($states.result.Error) ? $states.result.Error"
                        " : 'States.' & $states.result.Status"
                    ),
                    "failure_cause": jsonata(
                        "$exists($states.result.Cause) ? $states.result.Cause : ''"
                    ),
                },
                catches=[],
                next_="AlreadyRecorded",
            ),
            "AlreadyRecorded": choose(
                (f"$failure_error in ['{RECORDED}', '{NOT_TOLD}']", "Recorded"),
                otherwise="LetFunctionsEnd",
            ),
            "LetFunctionsEnd": {
                "Type": "Wait",
                "Seconds": ASSEMBLE_SECONDS + LAMBDA_MARGIN_SECONDS,
                "Next": "RecordFailure",
            },
            "RecordFailure": invoke(
                RECORD_FAILURE,
                {
                    "input": jsonata("$given"),
                    "state": _STATE,
                    "error": jsonata("$failure_error"),
                    "cause": jsonata("$failure_cause"),
                    "execution": jsonata(_RUN),
                    "failed_at": jsonata("$states.context.State.EnteredTime"),
                },
                room=wait_for_room(settings),
                assign={"record": jsonata("$states.result.Payload")},
                catches=[],
                next_="DocumentExists",
            ),
            "DocumentExists": choose((HAS_DOCUMENT, "Recorded"), otherwise="PublishFailure"),
            "PublishFailure": publish(
                "failed",
                failure_message("$given", state=f"'{_STATE}'", error="$failure_error"),
                otherwise="Recorded",
                next_="Recorded",
            ),
            "Recorded": {"Type": "Succeed"},
        },
    }
