"""Events that a run puts on the account's default bus. Pure."""

from collections.abc import Mapping, Sequence

from stacks.contracts import Events
from stacks.data_lake.stages.turn_item import Catch
from stacks.shared.asl import (
    ATTEMPTS,
    BACKOFF,
    CALL_SECONDS,
    NOTHING,
    OUR_OWN_FAULT,
    State,
    jsonata,
)


def put_event(
    event: Events, detail: Mapping[str, str], *, catches: Sequence[Catch], next_: str
) -> State:
    """Put an event on the default bus; ``detail`` has an expression for each of its members.

    An entry that the bus does not take fails this call, which an `aws-sdk` one would not say.
    """
    return {
        "Type": "Task",
        "Resource": "arn:${Partition}:states:::events:putEvents",
        "Arguments": {
            "Entries": [
                {
                    "Source": event.source,
                    "DetailType": event.detail_type,
                    "Detail": {name: jsonata(value) for name, value in detail.items()},
                }
            ]
        },
        "TimeoutSeconds": CALL_SECONDS,
        "Retry": [
            {"ErrorEquals": [*OUR_OWN_FAULT], "MaxAttempts": 0},
            {"ErrorEquals": ["States.ALL"], **BACKOFF, "MaxAttempts": ATTEMPTS},
        ],
        "Catch": [dict(each) for each in catches],
        "Output": NOTHING,
        "Next": next_,
    }
