"""Models, configurations and endpoints of templates: made by the operations that serve the API."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.cloudformation.template_values import fitted
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.cloudformation.upstream import stacks
from sandbox.services.sagemaker.hosting import endpoint_configs, endpoint_operations, models
from sandbox.services.sagemaker.hosting.endpoints import Endpoint

Properties = Mapping[str, Any]
Made = tuple[str, Properties]
_PREFIX = "AWS::SageMaker::"
_LOOK_SECONDS = 0.05
_LONGEST_NAME = 63


def install() -> None:
    """Teach CloudFormation the types; each is made in a thread, as it calls the sandbox itself."""
    patching.wrap(
        stacks,
        "_runs_on_worker_thread",
        _in_a_thread,
        because="a model is read and an endpoint started by calls that the event loop answers",
    )
    for kind, create, delete in (
        ("Model", models.create, models.delete),
        ("EndpointConfig", endpoint_configs.create, endpoint_configs.delete),
    ):
        emulator.add_resource_type(
            f"{_PREFIX}{kind}",
            create=_creating(kind, create),
            update=_replacing(kind, create),
            delete=_deleting(kind, delete),
        )
    emulator.add_resource_type(
        f"{_PREFIX}Endpoint",
        create=_create_endpoint,
        update=_update_endpoint,
        delete=_deleting("Endpoint", endpoint_operations.delete),
    )


def _in_a_thread(original: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda cfn_type: cfn_type.startswith(_PREFIX) or original(cfn_type)


def _creating(kind: str, create: Callable[[Any], Any]) -> emulator.Create:
    def made(logical_id: str, properties: Properties, stack: str) -> Made:
        given = plain(dict(properties))
        name = given.setdefault(f"{kind}Name", _name(stack, logical_id))
        asked = fitted("sagemaker", f"Create{kind}", _with_names(given))
        arn = _called(create, asked)[f"{kind}Arn"]
        return str(arn), {f"{kind}Name": name}

    return made


def _replacing(kind: str, create: Callable[[Any], Any]) -> emulator.Update:
    def replaced(physical_id: str, _old: Properties, new: Properties, stack: str) -> Made:
        named = dict(new).get(f"{kind}Name")
        if named and physical_id.endswith(f"/{str(named).lower()}"):
            raise ValueError(
                f"CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {named} and update the stack again."
            )
        return _creating(kind, create)(kind, new, stack)

    return replaced


def _deleting(kind: str, delete: Callable[[Any], Any]) -> emulator.Delete:
    def deleted(physical_id: str, _properties: Properties) -> None:
        for name in _names(kind):
            if physical_id.endswith(f"/{name.lower()}"):
                _called(delete, {f"{kind}Name": name})

    return deleted


def _names(kind: str) -> list[str]:
    if kind == "Model":
        return models.all_names()
    if kind == "EndpointConfig":
        return endpoint_configs.all_names()
    return endpoint_operations.all_names()


def _create_endpoint(logical_id: str, properties: Properties, stack: str) -> Made:
    made, attributes = _creating("Endpoint", endpoint_operations.create)(
        logical_id,
        {k: v for k, v in plain(dict(properties)).items() if k not in _OF_UPDATES},
        stack,
    )
    endpoint = endpoint_operations.found(str(attributes["EndpointName"]))
    _settled(endpoint)
    if endpoint.status != "InService":
        raise ValueError(endpoint.failure_reason)
    return made, attributes


_OF_UPDATES = (
    *("RetainAllVariantProperties", "RetainDeploymentConfig"),
    "ExcludeRetainedVariantProperties",
)


def _update_endpoint(physical_id: str, _old: Properties, new: Properties, _stack: str) -> Made:
    name = next(n for n in endpoint_operations.all_names() if physical_id.endswith(f"/{n.lower()}"))
    given = {k: v for k, v in plain(dict(new)).items() if k not in ("Tags", "EndpointName")}
    endpoint = endpoint_operations.found(name)
    wanted = _called_name(given["EndpointConfigName"])
    if endpoint.fleet.config.name != wanted:
        asked = {**given, "EndpointConfigName": wanted, "EndpointName": name}
        _called(endpoint_operations.update, fitted("sagemaker", "UpdateEndpoint", asked))
        _settled(endpoint)
        if endpoint.fleet.config.name != wanted:
            raise ValueError(f"the update of endpoint {name} to {wanted} was rolled back")
    return physical_id, {"EndpointName": name}


def _settled(endpoint: Endpoint) -> None:
    while endpoint.is_in_progress:
        time.sleep(_LOOK_SECONDS)


def _called(run: Callable[[Any], Any], given: Any) -> Any:
    try:
        return run(given)
    except ServiceError as error:
        raise ValueError(f"{error.message} (Service: SageMaker, Status Code: 400)") from error


def _with_names(given: Properties) -> dict[str, Any]:
    config = "EndpointConfigName"
    return {**given, **({config: _called_name(str(given[config]))} if config in given else {})}


def _called_name(reference: str) -> str:
    """Read a name where a template may give an ARN."""
    return reference.rpartition("/")[2]


def _name(stack: str, logical_id: str) -> str:
    suffix = responses.new_uuid().replace("-", "")[:12]
    return f"{f'{stack}-{logical_id}'[: _LONGEST_NAME - 13]}-{suffix}"
