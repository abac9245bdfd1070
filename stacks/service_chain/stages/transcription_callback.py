"""The small machine that wakes who waits for a transcription. Pure."""

from typing import Any

from stacks.service_chain.stages.transcribe import FAILED
from stacks.shared.asl import (
    FOR_GOOD,
    INPUT,
    STATE_INPUT,
    call,
    catch,
    choose,
    error,
    jsonata,
)

EXPRESS_SECONDS = 240  # AWS ends an express workflow after 300
LOOKS = 8  # for somebody who begins to wait only now: a minute in all
SECONDS_MORE = 2  # before each further look than before the last

_EVENT = f"{INPUT}.detail"


def transcription_callback() -> dict[str, Any]:
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
                    "looks": jsonata(f"$exists({STATE_INPUT}.looks) ? {STATE_INPUT}.looks + 1 : 1"),
                },
                catches=[],
                next_="HowItEnded",
            ),
            "HowItEnded": choose(
                (f"{STATE_INPUT}.token = ''", "MayBeEarly"),
                (f"{_EVENT}.TranscriptionJobStatus = 'COMPLETED'", "TellSuccess"),
                otherwise="TellFailure",
            ),
            "TellSuccess": call(
                "sfn",
                "sendTaskSuccess",
                {
                    "TaskToken": jsonata(f"{STATE_INPUT}.token"),
                    "Output": jsonata("$string({'status': 'COMPLETED'})"),
                },
                catches=not_waiting,
                next_="Told",
            ),
            "TellFailure": call(
                "sfn",
                "sendTaskFailure",
                {
                    "TaskToken": jsonata(f"{STATE_INPUT}.token"),
                    "Error": FAILED,
                    "Cause": "the transcription job failed",
                },
                catches=not_waiting,
                next_="Told",
            ),
            "MayBeEarly": choose(
                (f"{STATE_INPUT}.looks < {LOOKS}", "LookLater"), otherwise="NobodyWaits"
            ),
            "LookLater": {
                "Type": "Wait",
                "Seconds": jsonata(f"{SECONDS_MORE} * {STATE_INPUT}.looks"),
                "Next": "FindToken",
            },
            "Told": {"Type": "Succeed"},
            "NobodyWaits": {"Type": "Succeed"},
        },
    }
