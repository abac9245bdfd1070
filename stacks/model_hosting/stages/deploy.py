"""From the approval of a model package to an endpoint that serves it, or did not. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.model_hosting.contracts import Offers
from stacks.model_hosting.deployment_config import LONGEST_SECONDS, deployment_config
from stacks.model_hosting.endpoint_request import CHALLENGER, CHAMPION, model
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.failures import CATCH_ALL, put_event, record_failure
from stacks.model_hosting.stages.kinds import for_kind
from stacks.model_hosting.stages.known_rows import LONGEST_SECONDS as CHECK_SECONDS
from stacks.model_hosting.stages.known_rows import hold_to_known_rows
from stacks.model_hosting.stages.turn import keep_outcome, leave_turn, take_turn
from stacks.model_hosting.stages.variants import (
    FOUND,
    TAKEN,
    asked_percent,
    choose_role,
    configure,
    leave_scaling,
    scale,
    scale_again,
)
from stacks.shared.asl import INPUT, NOTHING, State, States, call, catch, choose, error, jsonata

CREATION_SECONDS = 3_600  # of a first endpoint, that AWS gives no time limit for
POLL_SECONDS = 30
LEASE_SECONDS = LONGEST_SECONDS + CREATION_SECONDS + CHECK_SECONDS
WAITING_SECONDS = 2 * LEASE_SECONDS  # for the turns of others
PACKAGE = f"{INPUT}.detail.ModelPackageArn"
# Of an operator's command it is when the machine was started, whatever his clock says. EventBridge
# tells seconds, and the texts of both are compared.
_STARTED = "$substring($states.context.Execution.StartTime, 0, 19) & 'Z'"
APPROVED_AT = f"($exists({INPUT}.time) ? {INPUT}.time : {_STARTED})"


def deploy_machine(
    settings: ModelHosting, offered: Offers, alarms: Sequence[str], of_challenger: Sequence[str]
) -> dict[str, Any]:
    """Take the turn, make what the endpoint needs, update it, look what became of it.

    ``alarms`` watch every update, those ``of_challenger`` besides such as bring or keep one.
    """
    states = {
        **_whose(),
        **take_turn(
            lease_seconds=LEASE_SECONDS,
            approved_at=APPROVED_AT,
            next_="DescribePackage",
            overtaken="LeaveTurnUnused",
            catch_all=CATCH_ALL,
        ),
        **_package(settings),
        **choose_role(settings, next_="CreateModel"),
        **_model(settings),
        **hold_to_known_rows(settings, next_="HasChallenger"),
        **configure(settings, next_="FindEndpoint"),
        **_served(settings, alarms, of_challenger),
        **scale(settings, next_="IsKeptBeside"),
        **keep_outcome(
            package=PACKAGE,
            approved_at=APPROVED_AT,
            next_="TellDeployed",
            next_of_challenger="StartExperiment",
            catch_all=CATCH_ALL,
        ),
        "StartExperiment": _call(
            "startExecution",
            {
                "StateMachineArn": "${Experiment}",
                "Name": jsonata("$config"),
                "Input": jsonata("$string({'config': $config, 'percent': $percent})"),
            },
            "TellDeployed",
            service="sfn",
            catches=[catch(error("sfn", "ExecutionAlreadyExistsException"), next_="TellDeployed")],
        ),
        "TellDeployed": put_event(
            offered.model_deployed,
            {
                "endpoint": "'${Endpoint}'",
                "package": PACKAGE,
                "config": "$config",
                "variant": f"$is_challenger ? '{CHALLENGER}' : '{CHAMPION}'",
            },
            # It serves, and the table says so.
            catches=[{"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": "Deployed"}],
            next_="Deployed",
        ),
        "Deployed": {"Type": "Succeed", "Output": {"config": jsonata("$config")}},
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
            assign={"group": jsonata(f"{FOUND}.Parameter.Value")},
        ),
        "IsOurs": choose(
            (f"{INPUT}.detail.ModelPackageGroupName = $group", "TakeTurn"), otherwise="NothingToDo"
        ),
    }


def _package(settings: ModelHosting) -> States:
    """Read the package as it is now: an approval may have been taken back meanwhile."""
    return {
        "DescribePackage": _call(
            "describeModelPackage",
            {"ModelPackageName": jsonata(PACKAGE)},
            "IsApproved",
            assign={
                "approval": jsonata(f"{FOUND}.ModelApprovalStatus"),
                "name": jsonata(
                    f"'${{Endpoint}}-v' & $string({FOUND}.ModelPackageVersion) & '-' & "
                    "$formatBase($millis(), 16)"
                ),
                "asked": jsonata(asked_percent(settings)),
                "refusal": jsonata("''"),
            },
        ),
        "IsApproved": choose(
            ("$approval = 'Approved'", "ReadPercent"), otherwise="LeaveTurnUnused"
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


def _served(settings: ModelHosting, alarms: Sequence[str], of_challenger: Sequence[str]) -> States:
    """Create the endpoint, or shift its traffic; then compare what it has with what it should.

    An update that was rolled back ends as InService, too: with the configuration of before.
    """
    named = {"EndpointName": "${Endpoint}", "EndpointConfigName": jsonata("$config")}
    mine = "$states.result.Endpoints[EndpointName = '${Endpoint}']"
    failed = f"$exists({FOUND}.FailureReason) ? {FOUND}.FailureReason : $refusal"
    refused = {"refusal": jsonata("$states.errorOutput.Cause")}

    def update(watched_by: Sequence[str]) -> State:
        # The number of instances stays. Weights do not: a champion's may be 0 at the end of an
        # experiment, and whoever wins it is the next champion.
        replaced = [
            {"VariantPropertyType": each} for each in ("DesiredWeight", "DataCaptureConfig")
        ]
        return _call(
            "updateEndpoint",
            {
                **named,
                "RetainAllVariantProperties": True,
                "ExcludeRetainedVariantProperties": replaced,
                "DeploymentConfig": deployment_config(settings.deployment, watched_by),
            },
            "AwaitEndpoint",
            # Refused, or heard without its answer: what became of it is looked at.
            catches=[catch(TAKEN, next_="AwaitEndpoint", assign=refused)],
        )

    return {
        "FindEndpoint": _call(
            "listEndpoints",
            {"NameContains": "${Endpoint}", "MaxResults": 100},
            "IsFirst",
            assign={"is_there": jsonata(f"$exists({mine})")},
        ),
        "IsFirst": choose(
            ("$not($is_there)", "CreateEndpoint"),
            ("$is_challenger", "UpdatePair"),
            otherwise="LeaveScaling",
        ),
        "CreateEndpoint": _call(
            "createEndpoint",
            named,
            "AwaitEndpoint",
            catches=[catch(TAKEN, next_="AwaitEndpoint", assign=refused)],
        ),
        **leave_scaling("LeaveScaling", next_="UpdateEndpoint"),
        "UpdateEndpoint": update(alarms),
        "UpdatePair": update([*alarms, *of_challenger]),
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
                "status": jsonata(f"{FOUND}.EndpointStatus"),
                "serves": jsonata(f"{FOUND}.EndpointConfigName"),
                "reason": jsonata(failed),
            },
        ),
        "IsSettled": choose(
            ("$status = 'InService' and $serves = $config", "RegisterScaling"),
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
                    "cause": jsonata(
                        "'it serves ' & $serves & ', not ' & $config & ': ' & $reason"
                    ),
                }
            },
            "Output": NOTHING,
            "Next": "DoesItStay",
        },
        **scale_again(settings, next_="RecordFailure"),
    }
