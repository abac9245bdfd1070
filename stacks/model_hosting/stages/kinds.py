"""What a kind of hosting leaves out of a deployment, or has beside. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from stacks.model_hosting.endpoint_kinds import (
    MODELS,
    first_instance_alarm,
    first_instance_policy,
)
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.failures import CATCH_ALL
from stacks.shared.asl import NOTHING, State, States, call, choose, jsonata

MOST_CONTAINERS = 5  # of a pipeline here; AWS takes fifteen
_FOUND = "$states.result"
_UPDATES = ("UpdateEndpoint", "UpdatePair")
_OF_PACKAGE = f"{_FOUND}.InferenceSpecification.Containers"


def for_kind(settings: ModelHosting, states: States) -> States:
    """Return the states of a deployment as a kind of hosting has them.

    ``states`` are those of an endpoint in real time, which has everything.
    """
    found: States = json.loads(json.dumps(states))
    if settings.kind == "serverless":
        for name in set(_UPDATES) & set(found):
            # Traffic is shifted at once, which no alarm watches.
            del found[name]["Arguments"]["DeploymentConfig"]
        return _without(found, "RegisterScaling", "PutScalingPolicy")
    if settings.kind == "asynchronous" and settings.least_instances == 0:
        return _with_first_instance(found)
    if settings.kind == "inference-pipeline":
        return _for_pipelines(found)
    if settings.kind == "multi-model":
        return _for_many_models(found)
    return found


def _without(states: States, first: str, last: str) -> States:
    """Leave out a way of states that follow one another; whoever went there goes on after it."""
    after, name = states[last]["Next"], first
    while name != after:
        name = _next(states.pop(name))
    text = json.dumps(states).replace(f'"Next": "{first}"', f'"Next": "{after}"')
    found: States = json.loads(text.replace(f'"Default": "{first}"', f'"Default": "{after}"'))
    return found


def _next(state: State) -> str:
    name: str = state["Next"]
    return name


def _call(
    service: str, action: str, arguments: Mapping[str, Any], next_: str, **more: Any
) -> State:
    return call(service, action, arguments, next_=next_, catches=[CATCH_ALL], **more)


def _with_first_instance(states: States) -> States:
    """Have a policy and its alarm beside the one that tracks, which never starts from none."""
    target = {
        name: states["PutScalingPolicy"]["Arguments"][name]
        for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")
    }
    after = _next(states["PutScalingPolicy"])
    added = {
        "PutFirstInstancePolicy": _call(
            "applicationautoscaling",
            "putScalingPolicy",
            first_instance_policy(target),
            "PutFirstInstanceAlarm",
            assign={"policy": jsonata(f"{_FOUND}.PolicyARN")},
        ),
        "PutFirstInstanceAlarm": _call(
            "cloudwatch", "putMetricAlarm", first_instance_alarm(jsonata("$policy")), after
        ),
    }
    states["PutScalingPolicy"]["Next"] = next(iter(added))
    return {**states, **added}


def _approved(states: States) -> str:
    """Say where an approved package goes."""
    (rule,) = states["IsApproved"]["Choices"]
    name: str = rule["Next"]
    return name


def _for_pipelines(states: States) -> States:
    """Refuse a package of one container: there would be nothing in line."""
    states["DescribePackage"]["Assign"]["containers"] = jsonata(f"$count({_OF_PACKAGE})")
    after = _approved(states)
    states["IsApproved"]["Choices"][0]["Next"] = "IsPipeline"
    return {
        **states,
        "IsPipeline": choose(
            (f"$containers >= 2 and $containers <= {MOST_CONTAINERS}", after),
            otherwise="TellNoPipeline",
        ),
        "TellNoPipeline": _refusal(
            "NoPipeline",
            f"'the package has ' & $string($containers) & ' containers; allowed: 2 to "
            f"{MOST_CONTAINERS}; register one whose containers stand in the order of a request'",
        ),
    }


def _refusal(error: str, cause: str) -> State:
    return {
        "Type": "Pass",
        "Assign": {
            "failure": {"state": "DescribePackage", "error": error, "cause": jsonata(cause)}
        },
        "Output": NOTHING,
        "Next": "RecordFailure",
    }


def _for_many_models(states: States) -> States:
    """Put the archive where the container reads archives, and nothing that was not approved.

    No job can ask such a container, so nobody holds it to known rows.
    """
    states["DescribePackage"]["Assign"] |= {
        "image": jsonata(f"{_OF_PACKAGE}[0].Image"),
        "archive": jsonata(f"$substringAfter({_OF_PACKAGE}[0].ModelDataUrl, 's3://')"),
        "target": jsonata(f"'{MODELS}/v' & $string({_FOUND}.ModelPackageVersion) & '.tar.gz'"),
    }
    after = _approved(states)
    states["IsApproved"]["Choices"][0]["Next"] = "CopyArchive"
    copy = _call(
        "s3",
        "copyObject",
        {
            "Bucket": "${Models}",
            "Key": jsonata("$target"),
            "CopySource": jsonata("$archive"),
        },
        after,
    )
    return {**_unchecked(states), "CopyArchive": copy}


def _unchecked(states: States) -> States:
    """Leave out the job that asks a model; where it would have gone on, the model goes on."""
    good, _ = states["HasAnswered"]["Choices"]
    names = ("PutRecord", "AskModel", "AwaitAnswer", "DescribeAnswer", "HasAnswered")
    left = {name: state for name, state in states.items() if name not in (*names, "TellRefused")}
    text = json.dumps(left).replace('"Next": "PutRecord"', f'"Next": "{good["Next"]}"')
    found: States = json.loads(text)
    return found
