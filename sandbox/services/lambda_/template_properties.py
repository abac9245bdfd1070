"""AWS::Lambda: the properties that the emulator drops."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.services.cloudformation.replies import text_of
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.lambda_ import cold_starts, concurrency
from sandbox.services.lambda_.upstream import lambda_svc

Properties = Mapping[str, Any]


def install() -> None:
    """Finish what a template makes or changes."""
    emulator.after_create(
        "AWS::Lambda::EventSourceMapping",
        _mapping,
        because="whether a mapping is on, its batch and its window are dropped",
    )
    emulator.after_create(
        "AWS::Lambda::Function",
        _function,
        because="dead letters, key, network, files and concurrency of a function are dropped",
    )


def _function(name: str, properties: Properties, _attributes: Properties) -> None:
    config: dict[str, Any] = {
        "DeadLetterConfig": plain(properties.get("DeadLetterConfig")) or {},
        "KMSKeyArn": properties.get("KmsKeyArn") or "",
        "VpcConfig": lambda_svc._vpc_config_with_id(plain(properties.get("VpcConfig"))),
    }
    if (files := plain(properties.get("FileSystemConfigs"))) is not None:
        config["FileSystemConfigs"] = files
    if refused := lambda_svc._validate_dead_letter_config(config["DeadLetterConfig"]):
        raise ValueError(text_of(refused))
    function = lambda_svc._functions[name]
    function["config"].update(config)
    if not config["DeadLetterConfig"]:
        del function["config"]["DeadLetterConfig"]
    reserved = properties.get("ReservedConcurrentExecutions")
    if reserved is not None and (why := concurrency.refusal(name, int(reserved))):
        raise ValueError(f"{why} (Service: Lambda, Status Code: 400)")
    function["concurrency"] = None if reserved is None else int(reserved)
    cold_starts.make_ready(function["config"], function["code_zip"])


def _mapping(mapping_id: str, properties: Properties, _attributes: Properties) -> None:
    mapping = lambda_svc._esms[mapping_id]
    enabled = str(properties.get("Enabled", True)).lower() != "false"
    mapping.update(Enabled=enabled, State="Enabled" if enabled else "Disabled")
    for number in ("BatchSize", "MaximumBatchingWindowInSeconds"):
        if properties.get(number) is not None:
            mapping[number] = int(properties[number])
