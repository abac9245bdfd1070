"""From a challenger's first traffic to the end of its experiment: looked at, shifted. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.contracts import Events
from stacks.model_hosting.endpoint_request import CHALLENGER, CHAMPION
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.failures import put_event
from stacks.model_hosting.stages.variants import FOUND, TAKEN
from stacks.shared.asl import (
    ATTEMPTS,
    BACKOFF,
    INPUT,
    NOTHING,
    OUR_OWN_FAULT,
    State,
    States,
    call,
    catch,
    choose,
    jsonata,
)

TAKEN_BACK = "TakenBack"  # the error of an execution that gave the champion all traffic back
FOLDER = "experiments"  # of the bucket of captures, which expires
READ_SECONDS = 300  # of the function
SETTLE_SECONDS = 60  # until an endpoint that is at work is looked at again
_DAY_MILLISECONDS = 86_400_000
_PERCENT_APART = 0.5  # of what was set: weights are 32 bits wide


def experiment_machine(
    settings: ModelHosting, changed: Events, alarms: Sequence[str]
) -> dict[str, Any]:
    """Look every so often; shift on while nothing is worse, and take all back if anything is.

    The execution is started with ``config`` and the challenger's ``percent``; it ends when another
    configuration serves, when somebody has weighed by hand, or when time is up.
    """
    states: States = {
        "Begin": {
            "Type": "Pass",
            "Assign": {
                "config": jsonata(f"{INPUT}.config"),
                "percent": jsonata(f"{INPUT}.percent"),
                "steps": list(settings.experiment_percents),
                "end": jsonata(f"$millis() + {settings.experiment_days * _DAY_MILLISECONDS}"),
                "verdict": "go on",
                "what": "begun",
                "is_told": False,
            },
            "Next": "Record",
        },
        "AwaitLook": _wait(settings.experiment_seconds),
        "AwaitSettled": _wait(SETTLE_SECONDS),
        **_looked(alarms),
        **_decided(),
        **_weighed(),
        **_told(changed),
        "Over": {"Type": "Succeed", "Output": {"what": jsonata("$what")}},
        TAKEN_BACK: {"Type": "Fail", "Error": TAKEN_BACK, "Cause": jsonata("$verdict")},
    }
    return {
        "Comment": "One execution for each experiment.",
        "QueryLanguage": "JSONata",
        "StartAt": "Begin",
        "TimeoutSeconds": (settings.experiment_days + 1) * 86_400 + settings.experiment_seconds,
        "States": states,
    }


def _wait(seconds: int) -> State:
    return {"Type": "Wait", "Seconds": seconds, "Output": NOTHING, "Next": "DescribeEndpoint"}


def _looked(alarms: Sequence[str]) -> States:
    """Look whether the experiment is still there, whether an alarm rings, and what was measured."""
    variants = f"{FOUND}.ProductionVariants"
    weight = f"{variants}[VariantName = '{CHALLENGER}'].CurrentWeight"
    ringing = f"$count({FOUND}.MetricAlarms[StateValue = 'ALARM'])"
    return {
        "DescribeEndpoint": call(
            "sagemaker",
            "describeEndpoint",
            {"EndpointName": "${Endpoint}"},
            assign={
                "status": jsonata(f"{FOUND}.EndpointStatus"),
                "serves": jsonata(f"{FOUND}.EndpointConfigName"),
                "share": jsonata(
                    f"$exists({weight}) ? 100 * {weight} / $sum({variants}.CurrentWeight) : 0"
                ),
            },
            catches=[],
            next_="IsThere",
        ),
        "IsThere": choose(
            # Only another deployment ends it: this one's turn is over.
            ("$serves != $config", "TellReplaced"),
            ("$status != 'InService'", "AwaitSettled"),
            (f"$abs($share - $percent) > {_PERCENT_APART}", "TellByHand"),
            ("$millis() > $end", "TellTimeUp"),
            otherwise="DescribeAlarms",
        ),
        "DescribeAlarms": call(
            "cloudwatch",
            "describeAlarms",
            {"AlarmNames": list(alarms)},
            assign={"ringing": jsonata(ringing)},
            catches=[],
            next_="DoesNoneRing",
        ),
        "DoesNoneRing": choose(("$ringing > 0", "FindAlarm"), otherwise="ReadExperiment"),
        "FindAlarm": _pass({"verdict": "alarm"}, "TakeBack"),
        "ReadExperiment": {
            "Type": "Task",
            "Resource": "arn:${Partition}:states:::lambda:invoke",
            "Arguments": {"FunctionName": "${ReadExperiment}", "Payload": NOTHING},
            "TimeoutSeconds": READ_SECONDS + 10,
            "Retry": [
                {"ErrorEquals": ["NoExperimentError", *OUR_OWN_FAULT], "MaxAttempts": 0},
                {"ErrorEquals": ["States.ALL"], **BACKOFF, "MaxAttempts": ATTEMPTS},
            ],
            "Assign": {"verdict": jsonata(f"{FOUND}.Payload.verdict")},
            "Output": NOTHING,
            "Next": "Decide",
        },
    }


def _decided() -> States:
    """Take back what is worse; tell once that it may stop; go on with the steps that are left."""
    left = "$count($steps[$ > $percent]) > 0"
    return {
        "Decide": choose(
            ("$verdict = 'worse'", "TakeBack"),
            ("$verdict in ['better', 'alike'] and $not($is_told)", "TellMayStop"),
            (left, "Shift"),
            otherwise="AwaitLook",
        ),
        "TellMayStop": _pass({"what": "may stop", "is_told": True}, "Record"),
        "TellReplaced": _pass({"what": "replaced"}, "Record"),
        "TellByHand": _pass({"what": "weighed by hand", "percent": jsonata("$share")}, "Record"),
        "TellTimeUp": _pass({"what": "time is up"}, "Record"),
    }


def _weighed() -> States:
    """Weigh anew, without an update of the endpoint; one that is at work takes no weights."""
    next_step = "$min($steps[$ > $percent])"
    return {
        "Shift": _weigh(next_step, {"what": "shifted", "percent": jsonata(next_step)}),
        "TakeBack": _weigh("0", {"what": "taken back", "percent": 0}),
    }


def _weigh(percent: str, assign: Mapping[str, Any]) -> State:
    weights = {CHAMPION: f"100 - {percent}", CHALLENGER: percent}
    return call(
        "sagemaker",
        "updateEndpointWeightsAndCapacities",
        {
            "EndpointName": "${Endpoint}",
            "DesiredWeightsAndCapacities": [
                {"VariantName": variant, "DesiredWeight": jsonata(weight)}
                for variant, weight in weights.items()
            ],
        },
        assign=assign,
        catches=[catch(TAKEN, next_="AwaitSettled")],
        next_="Record",
    )


def _told(changed: Events) -> States:
    """Keep a record of each change, and tell of it."""
    told = {
        "endpoint": "'${Endpoint}'",
        "config": "$config",
        "what": "$what",
        "percent": "$percent",
        "verdict": "$verdict",
    }
    at = "$states.context.State.EnteredTime"
    return {
        "Record": call(
            "s3",
            "putObject",
            {
                "Bucket": "${Captures}",
                "Key": jsonata(f"'{FOLDER}/' & $config & '/' & {at} & '.json'"),
                "Body": {**{n: jsonata(v) for n, v in told.items()}, "at": jsonata(at)},
                "ContentType": "application/json",
            },
            # Traffic was shifted, whether that can be written or not: whoever listens is told.
            catches=[{"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": "Tell"}],
            next_="Tell",
        ),
        "Tell": put_event(
            changed,
            told,
            catches=[{"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": "IsOver"}],
            next_="IsOver",
        ),
        "IsOver": choose(
            ("$what in ['begun', 'shifted']", "AwaitLook"),
            ("$what = 'may stop' and $count($steps[$ > $percent]) > 0", "Shift"),
            ("$what = 'may stop'", "AwaitLook"),
            ("$what = 'taken back'", TAKEN_BACK),
            otherwise="Over",
        ),
    }


def _pass(assign: Mapping[str, Any], next_: str) -> State:
    return {"Type": "Pass", "Assign": dict(assign), "Output": NOTHING, "Next": next_}
