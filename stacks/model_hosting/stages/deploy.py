"""From the approval of a model package to an endpoint that serves it, or did not. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.model_hosting.contracts import Offers
from stacks.model_hosting.deployment_config import LONGEST_SECONDS, deployment_config
from stacks.model_hosting.endpoint_request import (
    endpoint_config,
    model,
    scalable_target,
    scaling_policy,
)
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.failures import CATCH_ALL, put_event, record_failure
from stacks.model_hosting.stages.kinds import for_kind
from stacks.model_hosting.stages.known_rows import LONGEST_SECONDS as CHECK_SECONDS
from stacks.model_hosting.stages.known_rows import hold_to_known_rows
from stacks.model_hosting.stages.turn import keep_outcome, leave_turn, take_turn
from stacks.shared.asl import INPUT, NOTHING, State, States, call, catch, choose, error, jsonata

CREATION_SECONDS = 3_600  # of a first endpoint, that AWS gives no time limit for
POLL_SECONDS = 30
LEASE_SECONDS = LONGEST_SECONDS + CREATION_SECONDS + CHECK_SECONDS
WAITING_SECONDS = 2 * LEASE_SECONDS  # for the turns of others
PACKAGE = f"{INPUT}.detail.ModelPackageArn"
APPROVED_AT = f"{INPUT}.time"
_FOUND = "$states.result"
# SageMaker's API has no error of its own for a name that is taken.
TAKEN = error("sagemaker", "SageMakerException")


def deploy_machine(
    settings: ModelHosting, offered: Offers, alarms: Sequence[str]
) -> dict[str, Any]:
    """Take the turn, make what the endpoint needs, update it, look what became of it."""
    states = {
        **_whose(),
        **take_turn(
            lease_seconds=LEASE_SECONDS,
            approved_at=APPROVED_AT,
            next_="DescribePackage",
            overtaken="LeaveTurnUnused",
            catch_all=CATCH_ALL,
        ),
        **_package(),
        **_model(settings),
        **hold_to_known_rows(settings, next_="CreateConfig"),
        **_configuration(settings),
        **_served(settings, alarms),
        **_scaled(settings),
        **keep_outcome(
            package=PACKAGE,
            config="$name",
            approved_at=APPROVED_AT,
            next_="TellDeployed",
            catch_all=CATCH_ALL,
        ),
        "TellDeployed": put_event(
            offered.model_deployed,
            {"endpoint": "'${Endpoint}'", "package": PACKAGE, "config": "$name"},
            # It serves, and the table says so.
            catches=[{"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": "Deployed"}],
            next_="Deployed",
        ),
        "Deployed": {"Type": "Succeed", "Output": {"config": jsonata("$name")}},
        **leave_turn("LeaveTurnUnused", next_="NothingToDo", catches=[CATCH_ALL]),
        "NothingToDo": {"Type": "Succeed", "Output": NOTHING},
        **record_failure(offered.deployment_failed, package=PACKAGE),
    }
    return {
        "Comment": "One execution for each approval; one deploys at a time.",
        "QueryLanguage": "JSONata",
        "StartAt": "ReadGroup",
        "TimeoutSeconds": WAITING_SECONDS + LEASE_SECONDS,
        "States": for_kind(settings, states),
    }


def _call(
    action: str,
    arguments: Mapping[str, Any],
    next_: str,
    *,
    service: str = "sagemaker",
    assign: Mapping[str, Any] | None = None,
    catches: Sequence[Mapping[str, Any]] = (),
) -> State:
    return call(
        service, action, arguments, next_=next_, assign=assign, catches=[*catches, CATCH_ALL]
    )


def _whose() -> States:
    """Leave approvals in other groups alone; SageMaker tells of all of the account."""
    return {
        "ReadGroup": _call(
            "getParameter",
            {"Name": "${Group}"},
            "IsOurs",
            service="ssm",
            assign={"group": jsonata(f"{_FOUND}.Parameter.Value")},
        ),
        "IsOurs": choose(
            (f"{INPUT}.detail.ModelPackageGroupName = $group", "TakeTurn"), otherwise="NothingToDo"
        ),
    }


def _package() -> States:
    """Read the package as it is now: an approval may have been taken back meanwhile."""
    return {
        "DescribePackage": _call(
            "describeModelPackage",
            {"ModelPackageName": jsonata(PACKAGE)},
            "IsApproved",
            assign={
                "approval": jsonata(f"{_FOUND}.ModelApprovalStatus"),
                "name": jsonata(
                    f"'${{Endpoint}}-v' & $string({_FOUND}.ModelPackageVersion) & '-' & "
                    "$formatBase($millis(), 16)"
                ),
                "refusal": jsonata("''"),
            },
        ),
        "IsApproved": choose(
            ("$approval = 'Approved'", "CreateModel"), otherwise="LeaveTurnUnused"
        ),
    }


def _model(settings: ModelHosting) -> States:
    """Make the model under a new name; a name that is taken is by this itself."""
    return {
        "CreateModel": _call(
            "createModel",
            model(settings, name=jsonata("$name"), package=jsonata(PACKAGE)),
            "PutRecord",
            catches=[catch(TAKEN, next_="DescribeModel")],
        ),
        "DescribeModel": _call("describeModel", {"ModelName": jsonata("$name")}, "PutRecord"),
    }


def _configuration(settings: ModelHosting) -> States:
    """Make the configuration under the same name; one that is taken is by this itself, too."""
    return {
        "CreateConfig": _call(
            "createEndpointConfig",
            endpoint_config(settings, name=jsonata("$name")),
            "FindEndpoint",
            catches=[catch(TAKEN, next_="DescribeConfig")],
        ),
        "DescribeConfig": _call(
            "describeEndpointConfig", {"EndpointConfigName": jsonata("$name")}, "FindEndpoint"
        ),
    }


def _served(settings: ModelHosting, alarms: Sequence[str]) -> States:
    """Create the endpoint, or shift its traffic; then compare what it has with what it should.

    An update that was rolled back ends as InService, too: with the configuration of before.
    """
    named = {"EndpointName": "${Endpoint}", "EndpointConfigName": jsonata("$name")}
    mine = "$states.result.Endpoints[EndpointName = '${Endpoint}']"
    failed = f"$exists({_FOUND}.FailureReason) ? {_FOUND}.FailureReason : $refusal"
    refused = {"refusal": jsonata("$states.errorOutput.Cause")}
    return {
        "FindEndpoint": _call(
            "listEndpoints",
            {"NameContains": "${Endpoint}", "MaxResults": 100},
            "IsFirst",
            assign={"is_there": jsonata(f"$exists({mine})")},
        ),
        "IsFirst": choose(("$is_there", "UpdateEndpoint"), otherwise="CreateEndpoint"),
        "CreateEndpoint": _call(
            "createEndpoint",
            named,
            "AwaitEndpoint",
            catches=[catch(TAKEN, next_="AwaitEndpoint", assign=refused)],
        ),
        "UpdateEndpoint": _call(
            "updateEndpoint",
            {
                **named,
                "RetainAllVariantProperties": True,
                "DeploymentConfig": deployment_config(settings.deployment, alarms),
            },
            "AwaitEndpoint",
            # Refused, or heard without its answer: what became of it is looked at.
            catches=[catch(TAKEN, next_="AwaitEndpoint", assign=refused)],
        ),
        "AwaitEndpoint": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Output": NOTHING,
            "Next": "DescribeEndpoint",
        },
        "DescribeEndpoint": _call(
            "describeEndpoint",
            {"EndpointName": "${Endpoint}"},
            "IsSettled",
            assign={
                "status": jsonata(f"{_FOUND}.EndpointStatus"),
                "serves": jsonata(f"{_FOUND}.EndpointConfigName"),
                "reason": jsonata(failed),
            },
        ),
        "IsSettled": choose(
            ("$status = 'InService' and $serves = $name", "RegisterScaling"),
            ("$status in ['InService', 'Failed', 'UpdateRollbackFailed']", "TellNotServed"),
            otherwise="AwaitEndpoint",
        ),
        "TellNotServed": {
            "Type": "Pass",
            "Assign": {
                "failure": {
                    "state": "UpdateEndpoint",
                    "error": jsonata(
                        "$refusal != '' ? 'Refused' : "
                        "$status = 'InService' ? 'RolledBack' : $status"
                    ),
                    "cause": jsonata("'it serves ' & $serves & ', not ' & $name & ': ' & $reason"),
                }
            },
            "Output": NOTHING,
            "Next": "RecordFailure",
        },
    }


def _scaled(settings: ModelHosting) -> States:
    """Say between how many instances the variant scales, and by what; the same each time."""
    target = scalable_target(settings)
    return {
        "RegisterScaling": _call(
            "registerScalableTarget", target, "PutScalingPolicy", service="applicationautoscaling"
        ),
        "PutScalingPolicy": _call(
            "putScalingPolicy",
            scaling_policy(settings),
            "KeepOutcome",
            service="applicationautoscaling",
        ),
    }
