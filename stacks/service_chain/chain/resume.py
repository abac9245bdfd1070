"""The small machines that events start: to resume what waits, to record what was lost. Pure."""

from typing import Any

from stacks.service_chain.chain.asl import (
    FOR_GOOD,
    GIVEN,
    INPUT,
    LAMBDA_MARGIN_SECONDS,
    call,
    catch,
    choose,
    error,
    invoke,
    jsonata,
)
from stacks.service_chain.chain.failure import (
    HAS_DOCUMENT,
    NOT_TOLD,
    RECORD_SECONDS,
    RECORDED,
    failure_message,
    publish,
)
from stacks.service_chain.chain.finish import ASSEMBLE_SECONDS
from stacks.service_chain.chain.transcribe import FAILED

EXPRESS_SECONDS = 240  # AWS ends an express workflow after 300
LOOKS = 8  # for somebody who begins to wait only now: a minute in all
SECONDS_MORE = 2  # before each further look than before the last
RECORDING_SECONDS = 3600

_EVENT = f"{INPUT}.detail"
_STATE = "Execution"  # which of its states was the last is not told
_RUN = f"{_EVENT}.executionArn"


def resume() -> dict[str, Any]:
    """Hand the end of a transcription to the execution that waits for it.

    It may begin to wait only now, or wait again: its token is looked for a few times. Who is not
    waiting any more finds out by itself: that is no error.
    """
    # Whether Step Functions keeps the ending of its own API's errors, it does not say.
    gone = [
        *(error("sfn", name) for name in FOR_GOOD["sfn"]),
        *(error("sfn", name.removesuffix("Exception")) for name in FOR_GOOD["sfn"]),
    ]
    not_waiting = [catch(*gone, next_="MayBeEarly")]
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "FindToken",
        "TimeoutSeconds": EXPRESS_SECONDS,
        "States": {
            "FindToken": call(
                "dynamodb",
                "getItem",
                {
                    "TableName": "${Callbacks}",
                    "Key": {"job_name": {"S": jsonata(f"{_EVENT}.TranscriptionJobName")}},
                    "ConsistentRead": True,
                },
                output={
                    "token": jsonata(
                        "$exists($states.result.Item.token.S) ? $states.result.Item.token.S : ''"
                    ),
                    "looks": jsonata(f"$exists({GIVEN}.looks) ? {GIVEN}.looks + 1 : 1"),
                },
                catches=[],
                next_="HowItEnded",
            ),
            "HowItEnded": choose(
                (f"{GIVEN}.token = ''", "MayBeEarly"),
                (f"{_EVENT}.TranscriptionJobStatus = 'COMPLETED'", "TellSuccess"),
                otherwise="TellFailure",
            ),
            "TellSuccess": call(
                "sfn",
                "sendTaskSuccess",
                {
                    "TaskToken": jsonata(f"{GIVEN}.token"),
                    "Output": jsonata("$string({'status': 'COMPLETED'})"),
                },
                catches=not_waiting,
                next_="Told",
            ),
            "TellFailure": call(
                "sfn",
                "sendTaskFailure",
                {
                    "TaskToken": jsonata(f"{GIVEN}.token"),
                    "Error": FAILED,
                    "Cause": "the transcription job failed",
                },
                catches=not_waiting,
                next_="Told",
            ),
            "MayBeEarly": choose(
                (f"{GIVEN}.looks < {LOOKS}", "LookLater"), otherwise="NobodyWaits"
            ),
            "LookLater": {
                "Type": "Wait",
                "Seconds": jsonata(f"{SECONDS_MORE} * {GIVEN}.looks"),
                "Next": "FindToken",
            },
            "Told": {"Type": "Succeed"},
            "NobodyWaits": {"Type": "Succeed"},
        },
    }


def record_lost() -> dict[str, Any]:
    """Record the failure of an execution that could not: out of time, stopped, or out of bounds.

    The event says that it ended; what it was about is only told to who may decrypt it. A function
    that was at work when it ended goes on: until it is over, nobody knows whether the document
    will be there.
    """
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "DescribeExecution",
        "TimeoutSeconds": RECORDING_SECONDS,
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
                "RecordFailure",
                {
                    "input": jsonata("$given"),
                    "state": _STATE,
                    "error": jsonata("$failure_error"),
                    "cause": jsonata("$failure_cause"),
                    "execution": jsonata(_RUN),
                    "failed_at": jsonata("$states.context.State.EnteredTime"),
                },
                seconds=RECORD_SECONDS,
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
