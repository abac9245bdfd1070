"""Endpoints: created, updated by a plan, weighed and scaled live, and taken away."""

import contextvars
import secrets
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.core import in_flight
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.services.cloudwatch import state_changes
from sandbox.services.kms import keys
from sandbox.services.logs.role_logs import RoleLog
from sandbox.services.sagemaker import names, operations, pages, tags
from sandbox.services.sagemaker.hosting import containers, endpoint_configs, traffic
from sandbox.services.sagemaker.hosting.deployments import Deployment
from sandbox.services.sagemaker.hosting.endpoint_configs import EndpointConfig
from sandbox.services.sagemaker.hosting.endpoints import Endpoint
from sandbox.services.sagemaker.hosting.fleets import Fleet
from sandbox.services.sagemaker.operations import Request, invalid

_endpoints: Any = responses.AccountRegionScopedDict()
_guards: list[Callable[[Endpoint, EndpointConfig], None]] = []


def install() -> None:
    """Serve the operations."""
    operations.add(
        {
            "CreateEndpoint": create,
            "DescribeEndpoint": lambda request: found(request["EndpointName"]).described(),
            "ListEndpoints": _list,
            "UpdateEndpoint": update,
            "UpdateEndpointWeightsAndCapacities": update_weights_and_capacities,
            "DeleteEndpoint": delete,
        }
    )
    operations.on_reset(_reset)


def find(name: str) -> Endpoint | None:
    """Find an endpoint by its name."""
    endpoint: Endpoint | None = _endpoints.get(name)
    return endpoint


def found(name: str) -> Endpoint:
    """Find an endpoint; raises ServiceError where there is none."""
    endpoint = find(name)
    if endpoint is None:
        raise invalid(f'Could not find endpoint "{names.arn("endpoint", name)}".')
    return endpoint


def guard_updates(guard: Callable[[Endpoint, EndpointConfig], None]) -> None:
    """Have ``guard`` asked before an update; it raises ServiceError against it."""
    _guards.append(guard)


def create(request: Request) -> Request:
    """Create an endpoint, and start what answers."""
    name = request["EndpointName"]
    arn, config = names.arn("endpoint", name), endpoint_configs.found(request["EndpointConfigName"])
    if name in _endpoints:
        raise invalid(f'Cannot create already existing endpoint "{arn}".')
    _require_key(config)
    endpoint = Endpoint(name, arn, _fleet(name, config))
    endpoint.deployment = request.get("DeploymentConfig")
    _plan(endpoint.deployment, endpoint.fleet)
    tags.put(arn, request.get("Tags"))
    _endpoints[name] = endpoint
    endpoint.become("Creating")
    run = contextvars.copy_context().run
    threading.Thread(target=run, args=(_start, endpoint), name="endpoint", daemon=True).start()
    return {"EndpointArn": arn}


def update(request: Request) -> Request:
    """Update an endpoint to another configuration, as its deployment's configuration says."""
    endpoint = found(request["EndpointName"])
    config = endpoint_configs.found(request["EndpointConfigName"])
    with endpoint.changing:
        _require_idle(endpoint)
        if endpoint.status == "Failed":
            raise invalid(f'Cannot update endpoint "{endpoint.arn}", whose creation failed.')
        if config is endpoint.fleet.config:
            raise invalid(
                f'Cannot update endpoint "{endpoint.arn}" with the endpoint configuration that it '
                "has; create a new one."
            )
        if config.is_serverless != endpoint.fleet.config.is_serverless:
            raise invalid("An update cannot make an endpoint serverless, or no longer serverless.")
        for guard in _guards:
            guard(endpoint, config)
        _require_key(config)
        asked = request.get("DeploymentConfig")
        if asked and request.get("RetainDeploymentConfig"):
            raise invalid("Give DeploymentConfig or RetainDeploymentConfig, not both.")
        given = endpoint.deployment if request.get("RetainDeploymentConfig") else asked
        if asked and config.is_serverless:
            raise invalid("Serverless inference does not support DeploymentConfig.")
        new = _fleet(endpoint.name, config)
        if request.get("RetainAllVariantProperties"):
            excluded = request.get("ExcludeRetainedVariantProperties") or ()
            new.keep(endpoint.fleet, [each["VariantPropertyType"] for each in excluded])
        elif request.get("ExcludeRetainedVariantProperties"):
            raise invalid("ExcludeRetainedVariantProperties needs RetainAllVariantProperties.")
        plan = _plan(given, new)
        endpoint.deployment = given or endpoint.deployment
        deployment = Deployment(endpoint, new, plan)
        endpoint.underway = deployment
        deployment.begin()
    return {"EndpointArn": endpoint.arn}


def update_weights_and_capacities(request: Request) -> Request:
    """Change weights and instances of running variants, at once."""
    endpoint = found(request["EndpointName"])
    with endpoint.changing:
        _require_idle(endpoint)
        changes = []
        for each in request["DesiredWeightsAndCapacities"]:
            variant = endpoint.fleet.variants.get(each["VariantName"])
            if variant is None:
                raise invalid(f"Could not find variant {each['VariantName']} of {endpoint.arn}.")
            count, serverless = each.get("DesiredInstanceCount"), each.get("ServerlessUpdateConfig")
            if count is not None and (variant.config.serverless or count < 1):
                raise invalid(f"Variant {variant.name} cannot have {count} instances.")
            if serverless and not variant.config.serverless:
                raise invalid(f"Variant {variant.name} is not serverless.")
            changes.append((variant, each.get("DesiredWeight"), count, serverless))
        weights = dict(endpoint.fleet.weights())
        weights |= {v.name: weight for v, weight, *_ in changes if weight is not None}
        if not sum(weights.values()) > 0:
            raise invalid("The sum of the weights of all production variants must be above 0.")
        endpoint.become("Updating")
        for variant, weight, count, serverless in changes:
            variant.weight = variant.weight if weight is None else float(weight)
            variant.serverless |= serverless or {}
            if count is not None:
                variant.instances = variant.desired_instances = int(count)
        endpoint.become("InService")
    return {"EndpointArn": endpoint.arn}


def all_names() -> list[str]:
    """Name the endpoints of the account in this Region."""
    return list(_endpoints)


def instances(endpoint: str, variant: str) -> int | None:
    """Count the instances of a variant; None where there is no such variant, or it has none."""
    known = find(endpoint)
    running = known.fleet.variants.get(variant) if known else None
    return running.instances or None if running else None


def scale(endpoint: str, variant: str, count: int) -> None:
    """Change the instances of a variant; raises ServiceError while the endpoint is at work."""
    change = {"VariantName": variant, "DesiredInstanceCount": count}
    update_weights_and_capacities(
        {"EndpointName": endpoint, "DesiredWeightsAndCapacities": [change]}
    )


def delete(request: Request) -> Request:
    """Delete an endpoint; what is asked of it already is answered."""
    endpoint = found(request["EndpointName"])
    with endpoint.changing:
        _require_idle(endpoint)
        endpoint.become("Deleting")
    _endpoints.pop(endpoint.name)
    tags.drop(endpoint.arn)
    threading.Thread(target=endpoint.fleet.drain, name="drain (_read)", daemon=True).start()
    return {}


def _start(endpoint: Endpoint) -> None:
    with in_flight.counted("endpoint creation"):
        try:
            endpoint.fleet.start()
        except containers.StartError as error:
            endpoint.fleet.stop()
            endpoint.become("Failed", str(error))
            return
        endpoint.fleet.silence()
        if find(endpoint.name) is endpoint:
            endpoint.become("InService")
        else:  # a reset came in between
            endpoint.fleet.stop()


def _fleet(endpoint: str, config: EndpointConfig) -> Fleet:
    return Fleet(config, partial(_log, endpoint, config))


def _log(endpoint: str, config: EndpointConfig, variant: str) -> Callable[[str], object]:
    model = next(each.model for each in config.variants if each.name == variant)
    stream = f"{variant}/i-{secrets.token_hex(9)[:17]}"
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    return RoleLog(group, stream, who=endpoint, access_key=model.role.key, encrypted=False).write


def _plan(config: Any, fleet: Fleet) -> traffic.Plan:
    try:
        plan = traffic.plan(config, fleet.instances)
    except traffic.PolicyError as error:
        raise invalid(str(error)) from error
    for alarm in plan.alarms:
        if state_changes.current(alarm) is None:
            raise invalid(f"The alarm {alarm} of AutoRollbackConfiguration does not exist.")
    return plan


# https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
def _require_key(config: EndpointConfig) -> None:
    if not config.key:
        return
    try:
        keys.require_use(
            authorization.request_caller(),
            ["kms:CreateGrant"],
            config.key,
            service="sagemaker",
            encryption_context={},
        )
    except keys.KeyRefusedError as refused:
        raise ServiceError("AccessDeniedException", refused.message, 400) from refused


def _require_idle(endpoint: Endpoint) -> None:
    if endpoint.is_in_progress:
        raise invalid(f'Cannot update in-progress endpoint "{endpoint.arn}".')


def _list(request: Request) -> Request:
    shown = [endpoint.summary() for endpoint in list(_endpoints.values())]
    return pages.page(request, "Endpoints", shown, name="EndpointName", status="EndpointStatus")


def _reset() -> None:
    for endpoint in list(_endpoints._data.values()):
        if endpoint.underway is not None:
            endpoint.underway.abandon()
        endpoint.fleet.stop()
    _endpoints._data.clear()
    containers.stop_all()
