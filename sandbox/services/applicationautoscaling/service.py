"""Application Auto Scaling's operations, for the instances of SageMaker's variants."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.core import emulator, request_validation
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import PARTITION, ServiceError
from sandbox.core.upstream import provisioners, responses
from sandbox.iam import further_rights
from sandbox.iam.further_rights import Right
from sandbox.services.applicationautoscaling import tracking
from sandbox.services.applicationautoscaling.scaling import Scaler
from sandbox.services.applicationautoscaling.targets import (
    DIMENSION,
    NAMESPACE,
    Policy,
    Scaled,
    Schedule,
    Target,
    invalid,
    place,
    scaled_of,
)
from sandbox.services.applicationautoscaling.upstream import eventbridge
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.sagemaker import names
from sandbox.services.sagemaker.hosting import endpoint_operations
from sandbox.services.sagemaker.hosting.endpoint_configs import EndpointConfig
from sandbox.services.sagemaker.hosting.endpoints import Endpoint

Request = Mapping[str, Any]
Reply = Mapping[str, Any]
_SERVICE = "application-autoscaling"
_AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
_SUSPENSIONS = (
    *("DynamicScalingInSuspended", "DynamicScalingOutSuspended"),
    "ScheduledScalingSuspended",
)
# https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_service-with-iam.html
_ON_ENDPOINT = ("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities")
_NEEDED = {
    "RegisterScalableTarget": _ON_ENDPOINT,
    "PutScheduledAction": _ON_ENDPOINT,
    "PutScalingPolicy": (*_ON_ENDPOINT, "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"),
    "DeleteScalingPolicy": ("cloudwatch:DeleteAlarms",),
}


class Scaling:
    """The service's state, and its operations."""

    def __init__(self) -> None:
        self._targets: Any = responses.AccountRegionScopedDict()
        self._scaler = Scaler(self._targets)

    def start(self) -> None:
        """Carry out schedules, and guard the variants that are scaled."""
        self._scaler.start()
        endpoint_operations.guard_updates(self._guard)

    def operations(self) -> dict[str, Callable[[Request], Reply]]:
        """List what is served."""
        served: dict[str, Callable[[Request], Reply]] = {
            "RegisterScalableTarget": self.register,
            "DeregisterScalableTarget": self.deregister,
            "DescribeScalableTargets": self._describe_targets,
            "PutScalingPolicy": self.put_policy,
            "DeleteScalingPolicy": self.delete_policy,
            "DescribeScalingPolicies": self._describe_policies,
            "PutScheduledAction": self._put_schedule,
            "DeleteScheduledAction": self._delete_schedule,
            "DescribeScheduledActions": self._describe_schedules,
            "DescribeScalingActivities": self._describe_activities,
        }
        return {name: _checked(name, run) for name, run in served.items()}

    def reset(self) -> None:
        """Forget all targets."""
        self._scaler.reset()
        self._targets._data.clear()

    def register(self, request: Request) -> Reply:
        """Register a variant, or change its limits."""
        scaled = scaled_of(request)
        known = self._targets.get(scaled.resource_id)
        if endpoint_operations.instances(*scaled) is None:
            raise invalid(
                f"No variant with instances was found for resource ID: {scaled.resource_id}"
            )
        if request.get("Tags"):
            raise invalid("the sandbox does not carry Tags of a scalable target")
        least, most = (
            request.get(name, getattr(known, attribute, None))
            for name, attribute in (("MinCapacity", "least"), ("MaxCapacity", "most"))
        )
        if least is None or most is None:
            raise invalid("MinCapacity and MaxCapacity are needed when a target is registered")
        if not 0 <= least <= most:
            raise invalid(f"Maximum capacity cannot be less than minimum capacity: {most}, {least}")
        if least == 0:
            raise invalid(f"Minimum capacity cannot be less than 1 for {DIMENSION}")
        asked = request.get("SuspendedState") or {}
        if known is None:
            known = Target(
                scaled,
                _arn(f"scalable-target/{responses.new_uuid().replace('-', '')}"),
                least,
                most,
                CLOCK.time(),
                dict.fromkeys(_SUSPENSIONS, False),
            )
            self._targets[scaled.resource_id] = known
        known.least, known.most = int(least), int(most)
        known.suspended |= asked
        self._scaler.hear()
        return {"ScalableTargetARN": known.arn}

    def deregister(self, request: Request) -> Reply:
        """Forget a variant, with its policies and schedules."""
        target = self._found(request)
        for policy in target.policies.values():
            _drop_alarms(policy)
        target.policies.clear()
        self._targets.pop(target.scaled.resource_id)
        return {}

    def put_policy(self, request: Request) -> Reply:
        """Keep a metric near to a value, by alarms that are made for it."""
        target, name = self._found(request), request["PolicyName"]
        kind = request.get("PolicyType", "StepScaling")
        config = request.get("TargetTrackingScalingPolicyConfiguration")
        if kind != "TargetTrackingScaling" or not config:
            raise invalid(f"the sandbox does not carry {kind}; it carries TargetTrackingScaling")
        if not config["TargetValue"] > 0:
            raise invalid(f"TargetValue is {config['TargetValue']}; it must be above 0")
        known = target.policies.get(name)
        resource = f"resource/{NAMESPACE}/{target.scaled.resource_id}:policyName/{name}"
        made = known or Policy(
            name,
            _arn(f"scalingPolicy:{responses.new_uuid()}:{resource}"),
            config,
            CLOCK.time(),
            {
                side: f"TargetTracking-{target.scaled.resource_id}-Alarm{side}-"
                f"{responses.new_uuid()}"
                for side in (tracking.HIGH, tracking.LOW)
            },
        )
        spelled = [
            tracking.alarm(alarm, side, target.scaled, config)
            for side, alarm in made.alarms.items()
        ]
        made.config = config
        target.policies[name] = made
        for alarm in spelled:
            cloudwatch.cloudformation_put_metric_alarm(
                provisioners._cw_metric_alarm_record(alarm["AlarmName"], alarm)
            )
        return {"PolicyARN": made.arn, "Alarms": _alarms(made)}

    def delete_policy(self, request: Request) -> Reply:
        """Delete a policy, with its alarms."""
        target = self._found(request)
        policy = target.policies.pop(request["PolicyName"], None)
        if policy is None:
            raise _not_found("scaling policy", request["PolicyName"], target.scaled)
        _drop_alarms(policy)
        return {}

    def _put_schedule(self, request: Request) -> Reply:
        target, name = self._found(request), request["ScheduledActionName"]
        known = target.schedules.get(name)
        given = {**(known.given if known else {}), **request}
        expression = str(given.get("Schedule", ""))
        is_known = (
            _AT.fullmatch(expression)
            or eventbridge._parse_rate_seconds(expression) is not None
            or eventbridge._parse_cron_fields(expression) is not None
        )
        if not is_known:
            raise invalid(f"Schedule is {expression!r}; it is an at, rate or cron expression")
        try:
            ZoneInfo(str(given.get("Timezone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise invalid(f"Timezone {given['Timezone']} is unknown") from error
        if not given.get("ScalableTargetAction"):
            raise invalid("ScalableTargetAction must set MinCapacity, MaxCapacity, or both")
        resource = f"resource/{NAMESPACE}/{target.scaled.resource_id}:scheduledActionName/{name}"
        now = CLOCK.time()
        arn = known.arn if known else _arn(f"scheduledAction:{responses.new_uuid()}:{resource}")
        target.schedules[name] = Schedule(name, arn, given, known.made_at if known else now, now)
        return {}

    def _delete_schedule(self, request: Request) -> Reply:
        target = self._found(request)
        if target.schedules.pop(request["ScheduledActionName"], None) is None:
            raise _not_found("scheduled action", request["ScheduledActionName"], target.scaled)
        return {}

    def _describe_targets(self, request: Request) -> Reply:
        wanted = {*request.get("ResourceIds", ())}
        shown = [
            target.described()
            for target in self._all(request)
            if not wanted or target.scaled.resource_id in wanted
        ]
        return {"ScalableTargets": shown}

    def _describe_policies(self, request: Request) -> Reply:
        wanted = {*request.get("PolicyNames", ())}
        shown = [
            {
                **place(target.scaled),
                "PolicyARN": policy.arn,
                "PolicyName": policy.name,
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": policy.config,
                "Alarms": _alarms(policy),
                "CreationTime": policy.made_at,
            }
            for target in self._of_one(request)
            for policy in target.policies.values()
            if not wanted or policy.name in wanted
        ]
        return {"ScalingPolicies": shown}

    def _describe_schedules(self, request: Request) -> Reply:
        wanted = {*request.get("ScheduledActionNames", ())}
        shown = [
            {
                **{name: value for name, value in schedule.given.items() if value is not None},
                "ScheduledActionARN": schedule.arn,
                "CreationTime": schedule.made_at,
            }
            for target in self._of_one(request)
            for schedule in target.schedules.values()
            if not wanted or schedule.name in wanted
        ]
        return {"ScheduledActions": shown}

    def _describe_activities(self, request: Request) -> Reply:
        shown = [
            {**place(target.scaled), **activity}
            for target in self._of_one(request)
            for activity in target.activities
        ]
        return {"ScalingActivities": shown}

    def _all(self, request: Request) -> Iterable[Target]:
        if request["ServiceNamespace"] != NAMESPACE:
            return []
        return list(self._targets.values())

    def _of_one(self, request: Request) -> Iterator[Target]:
        wanted = request.get("ResourceId")
        for target in self._all(request):
            if wanted in (None, target.scaled.resource_id):
                yield target

    def _found(self, request: Request) -> Target:
        scaled = scaled_of(request)
        target: Target | None = self._targets.get(scaled.resource_id)
        if target is None:
            raise _not_found("scalable target", scaled.resource_id, scaled)
        return target

    def _guard(self, endpoint: Endpoint, config: EndpointConfig) -> None:
        """Keep an update from taking away what is scaled, or from changing its instances' type."""
        after = {variant.name: variant.instance_type for variant in config.variants}
        for name, variant in endpoint.fleet.variants.items():
            resource = Scaled(endpoint.name, name).resource_id
            if resource in self._targets and after.get(name) != variant.config.instance_type:
                raise invalid(
                    f'The variant(s) "{name}" must be deregistered as a scalable target with AWS '
                    "Auto Scaling before they can be removed or have their instance type updated."
                )


SCALING = Scaling()


def install() -> None:
    """Serve the service, and tell IAM what its requests need."""
    emulator.add_service(
        _SERVICE,
        SCALING.operations(),
        target_prefix="AnyScaleFrontendService",
        reset=SCALING.reset,
    )
    further_rights.need(_needed)
    SCALING.start()


def _needed(request: further_rights.Request) -> Iterator[Right]:
    """Ask whoever scales for the rights on what is scaled: they are used on their behalf."""
    namespace, _, action = request.action.partition(":")
    if namespace != _SERVICE or action not in _NEEDED:
        return
    found = re.search(rb'"ResourceId"\s*:\s*"(endpoint/([^/"]+)/[^"]+)"', request.body)
    on = names.arn("endpoint", found[2].decode()) if found else "*"
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    alarms = f"arn:{PARTITION}:cloudwatch:{place}:alarm:TargetTracking-"
    tracked = f"{alarms}{found[1].decode()}-AlarmHigh" if found else "*"
    for needed in _NEEDED[action]:
        yield Right(needed, on if needed.startswith("sagemaker:") else tracked)


def _checked(name: str, run: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    def serve(request: Request) -> Reply:
        if found := request_validation.violations(_SERVICE, name, request):
            raise invalid(request_validation.validation_message(found))
        return run(request)

    return serve


def _not_found(what: str, name: str, scaled: Scaled) -> ServiceError:
    return ServiceError(
        "ObjectNotFoundException",
        f"No {what} found for service namespace: {NAMESPACE}, resource ID: {scaled.resource_id}, "
        f"scalable dimension: {DIMENSION} ({name})",
    )


def _alarms(policy: Policy) -> list[dict[str, str]]:
    return [
        {"AlarmName": name, "AlarmARN": cloudwatch._alarms[name]["AlarmArn"]}
        for name in policy.alarms.values()
        if name in cloudwatch._alarms
    ]


def _drop_alarms(policy: Policy) -> None:
    for name in policy.alarms.values():
        cloudwatch._alarms.pop(name, None)


def _arn(resource: str) -> str:
    where = f"{responses.get_region()}:{responses.get_account_id()}"
    service = "autoscaling" if resource.startswith("sc") and ":" in resource else _SERVICE
    return f"arn:{PARTITION}:{service}:{where}:{resource}"
