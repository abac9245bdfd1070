"""How an execution ends: well, or on record, told, and as a failure. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import invoke
from stacks.service_chain.stages.capacity import wait_for_room
from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.service_chain.stages.rights import Access
from stacks.shared.asl import (
    INPUT,
    NOTHING,
    STATE_INPUT,
    State,
    States,
    call,
    catch,
    choose,
    jsonata,
    pick,
)

RECORD_FAILURE = FunctionSpec(
    "RecordFailure",
    entry="record_failure",
    timeout_seconds=30,
    access=Access(
        reads=("work/", "documents/"),
        writes=("failures/",),
        needs_list_bucket=("Results",),
    ),
)
# The error of an execution whose failure is on record; with any other, nobody has written it down.
RECORDED = "DocumentFailed"
# The document is safe, and only the message about it was lost.
NOT_TOLD = "NotificationFailed"

_CAUSE = "$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : ''"
_WHAT = {
    "state": jsonata("$states.context.State.Name"),
    "error": jsonata("$states.errorOutput.Error"),
    "cause": jsonata(_CAUSE),
}

# What RecordFailure says of a document whose result is there.
HAS_DOCUMENT = "$record.failure_key = null"

# For every state of the chain itself: whatever happens is recorded.
CATCH_ALL: Mapping[str, Any] = {
    "ErrorEquals": ["States.ALL"],
    "Assign": {"failure": _WHAT},
    "Output": NOTHING,
    "Next": "RecordFailure",
}


def endings(settings: ServiceChain) -> States:
    """End well; or write the failure record, tell subscribers, fail.

    Where the document is there after all there is no failure to tell of.
    """
    return {
        "Succeed": {"Type": "Succeed", "Output": {}},
        NOT_TOLD: {
            "Type": "Fail",
            "Error": NOT_TOLD,
            "Cause": "the document is written, and nobody was told",
        },
        "RecordFailure": invoke(
            RECORD_FAILURE,
            {
                "input": jsonata(INPUT),
                **pick("$failure", "state", "error", "cause"),
                "execution": jsonata("$states.context.Execution.Id"),
                "failed_at": jsonata("$states.context.State.EnteredTime"),
            },
            assign={"record": jsonata("$states.result.Payload")},
            room=wait_for_room(settings),
            catches=[catch("States.ALL", next_="FailureNotRecorded")],
            next_="DocumentExists",
        ),
        "DocumentExists": choose((HAS_DOCUMENT, NOT_TOLD), otherwise="PublishFailure"),
        "PublishFailure": publish(
            "failed",
            failure_message(INPUT, state="$failure.state", error="$failure.error"),
            otherwise=RECORDED,
            next_=RECORDED,
        ),
        RECORDED: {
            "Type": "Fail",
            "Error": RECORDED,
            "Cause": jsonata("$failure.state & ': ' & $failure.error"),
        },
        "FailureNotRecorded": {
            "Type": "Fail",
            "Error": jsonata("$failure.error"),
            "Cause": jsonata("$failure.cause"),
        },
    }


def failure_message(given: str, *, state: str, error: str) -> dict[str, str]:
    """Say what subscribers are told of a failure; ``given`` is what the execution started with."""
    known = ("document_id", "bucket", "key", "version_id", "attempt")
    return {
        **{name: f"{given}.{name}" for name in known},
        "state": state,
        "error": error,
        "failure_key": "$record.failure_key",
    }


def publish(status: str, message: Mapping[str, str], *, otherwise: str, next_: str) -> State:
    """Tell subscribers; ``message`` has an expression for each key."""
    pairs = ", ".join(f"'{key}': {value}" for key, value in message.items())
    return call(
        "sns",
        "publish",
        {
            "TopicArn": "${Notifications}",
            "Message": jsonata(f"$string({{'status': '{status}', {pairs}}})"),
            "MessageAttributes": {"status": {"DataType": "String", "StringValue": status}},
        },
        catches=[catch("States.ALL", next_=otherwise)],
        next_=next_,
    )


class ChildFailure:
    """How a child execution fails: it leaves a note of what was wrong, below ``first_failure_key``.

    All that the parent learns is that too many children failed.
    """

    def __init__(self, noun: str) -> None:
        self._put, self._fail = f"Put{noun}Failure", f"{noun}Failed"
        self.catch = {
            "ErrorEquals": ["States.ALL"],
            "Output": {
                **pick(STATE_INPUT, "attempt", "first_failure_key"),
                **_WHAT,
            },
            "Next": self._put,
        }

    def states(self) -> States:
        """Leave the note, over the one of an attempt before or of another child, and fail."""
        return {
            self._put: call(
                "s3",
                "putObject",
                {
                    "Bucket": "${ResultsBucket}",
                    "Key": jsonata(f"{STATE_INPUT}.first_failure_key"),
                    "Body": pick(STATE_INPUT, "attempt", "state", "error", "cause"),
                    "ContentType": "application/json",
                },
                catches=[catch("States.ALL", next_=self._fail)],
                output=jsonata(STATE_INPUT),
                next_=self._fail,
            ),
            self._fail: {
                "Type": "Fail",
                "Error": jsonata(f"{STATE_INPUT}.error"),
                "Cause": jsonata(f"{STATE_INPUT}.cause"),
            },
        }
