"""Properties that the emulator's CloudFormation drops, set through its own service APIs."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import responses
from ministack.services import athena, dynamodb, iam, kinesis, lambda_svc, sns, stepfunctions

from sandbox.core import emulator
from sandbox.services.cloudformation.unread_properties import plain

Properties = Mapping[str, Any]


def install() -> None:
    """Finish every resource that a template makes or changes."""
    for cfn_type, finish in {
        "AWS::DynamoDB::Table": _table,
        "AWS::Glue::Database": _in_own_catalog,
        "AWS::Glue::Partition": _in_own_catalog,
        "AWS::Glue::Table": _in_own_catalog,
        "AWS::IAM::Role": _boundary_of(iam._roles),
        "AWS::IAM::User": _boundary_of(iam._users),
        "AWS::Athena::WorkGroup": _read_at_deletion("RecursiveDeleteOption"),
        "AWS::KMS::Key": _read_at_deletion("PendingWindowInDays"),
        "AWS::Kinesis::Stream": _stream,
        "AWS::Lambda::EventSourceMapping": _mapping,
        "AWS::Lambda::Function": _function,
        "AWS::SNS::Topic": _topic,
        "AWS::StepFunctions::StateMachine": _state_machine,
    }.items():
        emulator.after_create(cfn_type, finish)
    emulator.add_resource_type(
        "AWS::Athena::NamedQuery",
        create=_create_query,
        delete=_delete_query,
        update=_replace_query,
    )


def _table(name: str, properties: Properties, _attributes: Properties) -> None:
    table = dynamodb._tables[name]
    encryption = plain(properties.get("SSESpecification"))
    if encryption is not None:
        wanted = {"Enabled": encryption.pop("SSEEnabled", False), **encryption}
        table["SSEDescription"] = dynamodb._sse_description_from_spec(wanted)
    expiry = plain(properties.get("TimeToLiveSpecification"))
    if expiry is not None:
        _done(dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": expiry}))
    backups = plain(properties.get("PointInTimeRecoverySpecification"))
    dynamodb._pitr_settings[name] = bool((backups or {}).get("PointInTimeRecoveryEnabled"))
    table["DeletionProtectionEnabled"] = bool(properties.get("DeletionProtectionEnabled"))


def _in_own_catalog(_name: str, properties: Properties, _attributes: Properties) -> None:
    catalog, own = properties.get("CatalogId"), responses.get_account_id()
    if catalog not in (None, own):
        raise ValueError(f"catalog {catalog} is not the sandbox's; the only one is {own}")


def _boundary_of(store: Any) -> Any:
    def finish(name: str, properties: Properties, _attributes: Properties) -> None:
        boundary = properties.get("PermissionsBoundary")
        if boundary:
            store[name]["PermissionsBoundary"] = boundary
        else:
            store[name].pop("PermissionsBoundary", None)

    return finish


def _read_at_deletion(*names: str) -> Any:
    """Vouch for properties that the emulator carries out only when it deletes the resource."""

    def finish(_id: str, properties: Properties, _attributes: Properties) -> None:
        for name in names:
            properties.get(name)

    return finish


def _stream(name: str, properties: Properties, _attributes: Properties) -> None:
    encryption = plain(properties.get("StreamEncryption"))
    if encryption:
        _done(kinesis._start_stream_encryption({"StreamName": name, **encryption}))
    else:
        kinesis._stop_stream_encryption({"StreamName": name})


def _function(name: str, properties: Properties, _attributes: Properties) -> None:
    config: dict[str, Any] = {
        "DeadLetterConfig": plain(properties.get("DeadLetterConfig")) or {},
        "KMSKeyArn": properties.get("KmsKeyArn") or "",
        "VpcConfig": lambda_svc._vpc_config_with_id(plain(properties.get("VpcConfig"))),
    }
    if (files := plain(properties.get("FileSystemConfigs"))) is not None:
        config["FileSystemConfigs"] = files
    if refused := lambda_svc._validate_dead_letter_config(config["DeadLetterConfig"]):
        raise ValueError(_reason(refused))
    function = lambda_svc._functions[name]
    function["config"].update(config)
    if not config["DeadLetterConfig"]:
        del function["config"]["DeadLetterConfig"]
    reserved = properties.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)


def _mapping(mapping_id: str, properties: Properties, _attributes: Properties) -> None:
    mapping = lambda_svc._esms[mapping_id]
    enabled = str(properties.get("Enabled", True)).lower() != "false"
    mapping.update(Enabled=enabled, State="Enabled" if enabled else "Disabled")
    for number in ("BatchSize", "MaximumBatchingWindowInSeconds"):
        if properties.get(number) is not None:
            mapping[number] = int(properties[number])


def _topic(arn: str, properties: Properties, _attributes: Properties) -> None:
    attributes = sns._topics[arn]["attributes"]
    for name in (
        "ContentBasedDeduplication",
        "FifoThroughputScope",
        "FifoTopic",
        "KmsMasterKeyId",
        "SignatureVersion",
        "TracingConfig",
    ):
        value = properties.get(name)
        if value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = str(value).lower() if isinstance(value, bool) else str(value)


def _state_machine(arn: str, properties: Properties, _attributes: Properties) -> None:
    tracing = plain(properties.get("TracingConfiguration")) or {}
    enabled = str(tracing.get("Enabled", False)).lower() == "true"
    machine = stepfunctions._state_machines[arn]
    machine["tracingConfiguration"] = {"enabled": enabled}
    logging = plain(properties.get("LoggingConfiguration")) or {}
    machine["loggingConfiguration"] = {
        "level": logging.get("Level", "OFF"),
        "includeExecutionData": str(logging.get("IncludeExecutionData", False)).lower() == "true",
        "destinations": [
            {"cloudWatchLogsLogGroup": {"logGroupArn": to["CloudWatchLogsLogGroup"]["LogGroupArn"]}}
            for to in logging.get("Destinations") or ()
        ],
    }


def _create_query(_logical_id: str, properties: Properties, _stack: str) -> tuple[str, Properties]:
    request = {
        name: properties[name]
        for name in ("Name", "Database", "QueryString", "Description", "WorkGroup")
        if properties.get(name) is not None
    }
    request.setdefault("Name", _logical_id)
    query_id = str(_done(athena._create_named_query(request))["NamedQueryId"])
    return query_id, {"NamedQueryId": query_id}


def _replace_query(
    query_id: str, _old: Properties, new: Properties, stack: str
) -> tuple[str, Properties]:
    made = _create_query(query_id, new, stack)
    _delete_query(query_id, new)
    return made


def _delete_query(query_id: str, _properties: Properties) -> None:
    athena._delete_named_query({"NamedQueryId": query_id})


def _done(reply: tuple[int, Any, bytes]) -> dict[str, Any]:
    if reply[0] >= 300:
        raise ValueError(_reason(reply))
    parsed: dict[str, Any] = json.loads(reply[2] or b"{}")
    return parsed


def _reason(reply: tuple[int, Any, bytes]) -> str:
    return reply[2].decode(errors="replace")
