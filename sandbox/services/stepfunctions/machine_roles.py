"""The role and the key of a state machine, as Step Functions checks them before anything runs."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.upstream import provisioners, responses
from sandbox.iam import authorization, problems
from sandbox.iam.authorization import Principal
from sandbox.services.kms import keys
from sandbox.services.kms.keys import KeyRefusedError
from sandbox.services.stepfunctions import refusals
from sandbox.services.stepfunctions.upstream import stepfunctions

Original = Callable[..., Any]
Reply = tuple[int, dict[str, str], bytes]
_SERVICE = "states.amazonaws.com"
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
LOGGING = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
# https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
TRACING = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)
# By such a rule of its own a machine hears of the end of a job.
# https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
_AWAITED = re.compile(r"states:::sagemaker:create(Training|Processing|Transform)Job\.sync")
_HEARING = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
# What a reply says only to who may decrypt it; IncludedData METADATA_ONLY leaves it out.
_SECRET = ("definition", "input", "inputDetails", "output", "outputDetails", "error", "cause")


def install() -> None:
    """Check where machines are made, where executions start and where they are looked at."""
    because = "a machine needs a role that trusts Step Functions and may deliver its log"
    patching.wrap(stepfunctions, "_create_state_machine", _create, because=because)
    patching.wrap(stepfunctions, "_update_state_machine", _update, because=because)
    patching.wrap_item(
        provisioners,
        "_RESOURCE_HANDLERS",
        ("AWS::StepFunctions::StateMachine", "create"),
        _create_from_template,
        because=because,
    )
    for name in ("_start_execution", "_start_sync_execution"):
        patching.wrap(
            stepfunctions,
            name,
            _started,
            because="the role needs the machine's key; lost traces and logs are reported",
        )
    for name in (
        "_describe_execution",
        "_describe_state_machine",
        "_describe_state_machine_for_execution",
        "_get_execution_history",
    ):
        patching.wrap(
            stepfunctions, name, _read, because="what is encrypted is shown to who may decrypt it"
        )


def _create_from_template(original: Original) -> Original:
    def create(logical_id: str, properties: Any, stack: str) -> Any:
        arn, attributes = original(logical_id, properties, stack)
        machine = stepfunctions._state_machines[arn]
        why = _refusal(machine["roleArn"], machine["loggingConfiguration"], arn)
        if why := why or _rule_refusal(machine["roleArn"], machine["definition"]):
            stepfunctions._delete_state_machine({"stateMachineArn": arn})
            raise ValueError(f"{why} (Service: Sfn, Status Code: 400)")
        return arn, attributes

    return create


def _create(original: Original) -> Original:
    def create(data: dict[str, Any]) -> Any:
        place = f"{responses.get_region()}:{responses.get_account_id()}"
        arn = f"arn:{emulator.PARTITION}:states:{place}:stateMachine:{data.get('name', '')}"
        why = _refusal(data.get("roleArn"), data.get("loggingConfiguration"), arn)
        refused = _refused(why or _rule_refusal(data.get("roleArn"), data.get("definition")))
        key = (data.get("encryptionConfiguration") or {}).get("kmsKeyId")
        refused = refused or _key_refusal(_asker(), arn, key, "kms:GenerateDataKey")
        return refused or _with_tracing(original(data), arn, data)

    return create


def _update(original: Original) -> Original:
    def update(data: dict[str, Any]) -> Any:
        arn = data.get("stateMachineArn", "")
        machine = stepfunctions._state_machines.get(arn) or {}
        logging = data.get("loggingConfiguration", machine.get("loggingConfiguration"))
        role_arn = data.get("roleArn", machine.get("roleArn"))
        definition = data.get("definition", machine.get("definition"))
        why = _refusal(role_arn, logging, arn)
        refused = _refused(why or _rule_refusal(role_arn, definition))
        return refused or _with_tracing(original(data), arn, data)

    return update


def _with_tracing(reply: Any, machine_arn: str, data: Mapping[str, Any]) -> Any:
    """Keep what the emulator's API drops."""
    machine = stepfunctions._state_machines.get(machine_arn)
    if machine is not None and reply[0] == 200 and "tracingConfiguration" in data:
        machine["tracingConfiguration"] = data["tracingConfiguration"]
    return reply


def _refusal(role_arn: Any, logging: Any, machine_arn: str) -> str | None:
    """Say why Step Functions would not make a machine."""
    if not authorization.enforced() or not isinstance(role_arn, str):
        return None
    context = {"aws:SourceArn": machine_arn, "aws:SourceAccount": responses.get_account_id()}
    if not authorization.trusts(role_arn, _SERVICE, context):
        return (
            f"Neither the global service principal {_SERVICE}, nor the regional one is authorized "
            "to assume the provided role."
        )
    asked = {name.lower(): value for name, value in dict(logging or {}).items()}
    if asked.get("level", "OFF") == "OFF":
        return None
    role = authorization.execution_role(role_arn, "states")
    denied = next(filter(None, (authorization.denial(role, a, "*") for a in LOGGING)), None)
    if denied is None:
        return None
    return f"The state machine IAM Role is not authorized to access the Log Destination: {denied}"


def _rule_refusal(role_arn: Any, definition: Any) -> str | None:
    """Say why a machine could not wait for a job; None when it can, or waits for none."""
    if not authorization.enforced() or not isinstance(role_arn, str):
        return None
    role = authorization.execution_role(role_arn, "states")
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    for kind in sorted(set(_AWAITED.findall(str(definition)))):
        rule = f"StepFunctionsGetEventsForSageMaker{kind}JobsRule"
        arn = f"arn:{emulator.PARTITION}:events:{place}:rule/{rule}"
        denials = (authorization.denial(role, action, arn) for action in _HEARING)
        if denied := next(filter(None, denials), None):
            return f"'{role_arn}' is not authorized to create managed-rule. ({denied})"
    return None


def _refused(why: str | None) -> Reply | None:
    if why is None:
        return None
    refused: Reply = responses.error_response_json("AccessDeniedException", why, 400)
    return refused


def _started(original: Original) -> Original:
    """Let the role encrypt the input: nobody else needs the key to start an execution."""

    def start(data: dict[str, Any]) -> Any:
        arn = stepfunctions._resolve_state_machine_arn(
            str(data.get("stateMachineArn", "")).partition("#")[0]
        )
        machine = stepfunctions._state_machines.get(arn) if arn else None
        if machine is None or not authorization.enforced():
            return original(data)
        role = authorization.execution_role(machine["roleArn"], machine["name"])
        refused = _key_refusal(role, arn, _key(machine), "kms:GenerateDataKey", "kms:Decrypt")
        if refused is None:
            _report(machine, role)
        return refused or original(data)

    return start


def _report(machine: Mapping[str, Any], role: Principal) -> None:
    """Tell what an execution would lose without a word: its traces, its log lines."""
    name = machine["name"]
    if (machine.get("tracingConfiguration") or {}).get("enabled"):
        denials = (authorization.denial(role, action, "*") for action in TRACING)
        if denied := next(filter(None, denials), None):
            problems.report("tracing", f"{name} cannot be traced: {denied}")
    key = _key(machine)
    logging = dict(machine.get("loggingConfiguration") or {})
    if not key or logging.get("level", logging.get("Level", "OFF")) == "OFF":
        return
    account = responses.get_account_id()
    logs = f"arn:{emulator.PARTITION}:logs:{responses.get_region()}:{account}:*"
    try:
        # What the CDK grants for it, and AWS's guide to encryption at rest says.
        keys.require_use(
            role,
            ["kms:GenerateDataKey"],
            key,
            service="states",
            encryption_context={"SourceArn": logs},
        )
        denied = authorization.service_denial(
            "delivery.logs.amazonaws.com",
            "kms:Decrypt",
            keys.key_arn(key, "states"),
            {
                "aws:SourceAccount": account,
                "aws:SourceArn": logs,
                "kms:EncryptionContext:SourceArn": logs,
            },
        )
    except KeyRefusedError as refused:
        denied = refused.message
    if denied:
        problems.report("logs", f"{name} cannot deliver its encrypted log: {denied}")


def _read(original: Original) -> Original:
    """Show what is encrypted to those only who may decrypt it."""

    def read(data: dict[str, Any]) -> Any:
        bare = data.get("includedData") == "METADATA_ONLY"
        arn = data.get("stateMachineArn") or ""
        if execution := data.get("executionArn"):
            arn = refusals.machine_arn(execution) if execution.count(":") > 6 else ""
        machine = stepfunctions._state_machines.get(arn) or {}
        if not bare and data.get("includeExecutionData") is not False:
            refused = _key_refusal(_asker(), arn, _key(machine), "kms:Decrypt")
            if refused is not None:
                return refused
        reply = original(data)
        return _without_secrets(reply) if bare and reply[0] == 200 else reply

    return read


def _without_secrets(reply: Reply) -> Any:
    shown = {name: value for name, value in json.loads(reply[2]).items() if name not in _SECRET}
    return responses.json_response(shown)


def _key(machine: Mapping[str, Any]) -> str | None:
    key: str | None = (machine.get("encryptionConfiguration") or {}).get("kmsKeyId")
    return key


def _asker() -> Principal | None:
    return authorization.request_caller()


def _key_refusal(
    principal: Principal | None, machine_arn: str, key: str | None, *actions: str
) -> Reply | None:
    if not key or not authorization.enforced():
        return None
    try:
        keys.require_use(
            principal,
            actions,
            key,
            service="states",
            encryption_context={"aws:states:stateMachineArn": machine_arn},
        )
    except KeyRefusedError as refused:
        known = {"AccessDeniedException": "AccessDenied", "ThrottlingException": "Throttling"}
        code = f"Kms{known.get(refused.code.removeprefix('KMS.'), 'InvalidState')}Exception"
        reply: Reply = responses.error_response_json(code, refused.message, 400)
        return reply
    return None
