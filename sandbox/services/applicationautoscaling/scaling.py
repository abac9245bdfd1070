"""Scaling as it happens: an alarm of a policy rings, or a schedule is due."""

import contextvars
import logging
import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.core.clock import CLOCK
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.applicationautoscaling import tracking
from sandbox.services.applicationautoscaling.targets import Policy, Schedule, Target
from sandbox.services.applicationautoscaling.upstream import eventbridge
from sandbox.services.cloudwatch import alarms, state_changes
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.sagemaker.hosting import endpoint_operations

_LOOK_SECONDS = 1.0
_MINUTE = 60.0
_log = logging.getLogger(__name__)
_SUSPENSIONS = {
    tracking.HIGH: "DynamicScalingOutSuspended",
    tracking.LOW: "DynamicScalingInSuspended",
}


class Scaler:
    """Watches the alarms of policies, and the schedules."""

    def __init__(self, targets: Any) -> None:
        self._targets = targets  # by account, Region and resource
        self._hears: dict[tuple[str, str], Callable[[], None]] = {}
        self._waiting: set[str] = set()  # policies whose next minute is waited for

    def start(self) -> None:
        """Look at the schedules from now on."""
        threading.Thread(target=self._watch, name="autoscaling (_poll_loop)", daemon=True).start()

    def hear(self) -> None:
        """Hear of the alarms of the current account and Region."""
        where = responses.get_account_id(), responses.get_region()
        if where not in self._hears:
            self._hears[where] = state_changes.listen(self._rings)

    def reset(self) -> None:
        """Hear of nothing any more."""
        self._waiting.clear()
        for deafen in self._hears.values():
            deafen()
        self._hears.clear()

    def _rings(self, alarm: str, state: str) -> None:
        if state != "ALARM":
            return
        for target in list(self._targets.values()):
            for policy in target.policies.values():
                for side, name in policy.alarms.items():
                    if name == alarm:
                        self._later(0, partial(self._adjust, target, policy, side))

    def _adjust(self, target: Target, policy: Policy, side: str) -> None:
        """Bring a variant's instances nearer to the target, while the alarm rings."""
        if policy.name not in target.policies:
            return
        if state_changes.current(policy.alarms[side]) != "ALARM":
            return
        again = partial(self._adjust, target, policy, side)
        left = policy.rests_until.get(side, 0.0) - CLOCK.time()
        if left > 0:
            self._later(left, again)
            return
        if target.suspended.get(_SUSPENSIONS[side]):
            return
        if side == tracking.LOW and policy.config.get("DisableScaleIn"):
            return
        instances = endpoint_operations.instances(*target.scaled)
        value = _newest(policy.alarms[side])
        if instances is None or value is None:
            return
        count = target.within(tracking.wanted(side, instances, value, policy.target))
        if count != instances:
            cause = f"monitor alarm {policy.alarms[side]} in state ALARM triggered policy "
            if not self._set(target, count, cause + policy.name):
                self._later(_MINUTE, again)  # the endpoint is being updated
                return
            which = "ScaleOutCooldown" if side == tracking.HIGH else "ScaleInCooldown"
            seconds = float(policy.config.get(which, tracking.COOLDOWN_SECONDS))
            policy.rests_until[side] = CLOCK.time() + seconds
            self._later(max(seconds, _MINUTE), again)

    def _set(self, target: Target, count: int, cause: str) -> bool:
        now = CLOCK.time()
        try:
            endpoint_operations.scale(*target.scaled, count)
        except ServiceError as error:
            _log.info("cannot scale %s: %s", target.scaled.resource_id, error.message)
            return False
        said = f"Setting desired instance count to {count}."
        target.activities.insert(
            0,
            {
                "ActivityId": responses.new_uuid(),
                "Description": said,
                "Cause": cause,
                "StartTime": now,
                "EndTime": CLOCK.time(),
                "StatusCode": "Successful",
                "StatusMessage": f"Successfully set desired instance count to {count}. Change "
                "successfully fulfilled by sagemaker.",
            },
        )
        return True

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            for (account, region, _), target in list(self._targets._data.items()):
                with responses.request_scope(account, region):
                    for policy in list(target.policies.values()):
                        self._wait(target, policy)
                    for schedule in list(target.schedules.values()):
                        try:
                            self._look(target, schedule)
                        except Exception:  # the watch outlives any one odd schedule
                            _log.exception("cannot carry out %s", schedule.name)

    def _wait(self, target: Target, policy: Policy) -> None:
        """Wait for the next minute of a metric that has values: an alarm may ring by then."""
        if policy.arn not in self._waiting and _newest(policy.alarms[tracking.LOW]) is not None:
            self._waiting.add(policy.arn)
            self._later(_MINUTE, partial(self._wait_again, target, policy))

    def _wait_again(self, target: Target, policy: Policy) -> None:
        self._waiting.discard(policy.arn)
        if target.policies.get(policy.name) is policy:
            self._wait(target, policy)

    def _look(self, target: Target, schedule: Schedule) -> None:
        now = CLOCK.time()
        if not is_due(schedule, now) or target.suspended.get("ScheduledScalingSuspended"):
            return
        schedule.last_at = now
        if str(schedule.given["Schedule"]).startswith("at("):
            del target.schedules[schedule.name]
        limits = schedule.given.get("ScalableTargetAction") or {}
        target.least = int(limits.get("MinCapacity", target.least))
        target.most = int(limits.get("MaxCapacity", target.most))
        instances = endpoint_operations.instances(*target.scaled)
        if instances is not None and target.within(instances) != instances:
            cause = f"scheduled action name {schedule.name} was triggered"
            self._set(target, target.within(instances), cause)

    @staticmethod
    def _later(seconds: float, call: Callable[[], object]) -> None:
        run = contextvars.copy_context().run
        CLOCK.later(seconds, lambda: run(call))


def is_due(schedule: Schedule, now: float) -> bool:
    """Tell whether a schedule's moment has come since it was last carried out."""
    given = schedule.given
    if now < float(given.get("StartTime") or 0) or now > float(given.get("EndTime") or math.inf):
        return False
    expression = str(given["Schedule"])
    zone = ZoneInfo(str(given.get("Timezone") or "UTC"))
    if expression.startswith("at("):
        at = datetime.fromisoformat(expression[3:-1]).replace(tzinfo=zone)
        return at.timestamp() <= now
    if (seconds := eventbridge._parse_rate_seconds(expression)) is not None:
        return bool(now - schedule.last_at >= seconds)
    fields = eventbridge._parse_cron_fields(expression)
    # Its fields are the zone's: the clock on the wall there is taken for one of UTC.
    last, here = (
        datetime.fromtimestamp(at, zone).replace(tzinfo=UTC) for at in (schedule.last_at, now)
    )
    following = eventbridge._cron_next_fire(fields, last)
    return following is not None and following <= here


def _newest(alarm: str) -> float | None:
    """Tell the newest value that an alarm looked at."""
    found = cloudwatch._alarms.get(alarm)
    values = alarms.values(found, CLOCK.time(), int(found["EvaluationPeriods"])) if found else []
    return next((value for value in values if value is not None), None)
