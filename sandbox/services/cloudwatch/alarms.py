"""CloudWatch alarms that look at their own metric, at missing data, and at who may be told."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.clock import CLOCK
from sandbox.core.upstream import provisioners, responses
from sandbox.iam import problems
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.cloudwatch import metric_math
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.sns.upstream import sns

_SERVICE = "cloudwatch.amazonaws.com"
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


_OF_ONE_METRIC = (
    "Dimensions",
    "ExtendedStatistic",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Unit",
)
_OF_ANY_ALARM = (
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "EvaluationPeriods",
    "InsufficientDataActions",
    "OKActions",
    "Threshold",
    "TreatMissingData",
)


def install() -> None:
    """Take the place of the emulator's evaluation, which ignores dimensions and missing data."""
    patching.replace(
        cloudwatch,
        "_evaluate_alarm",
        _evaluate,
        because="an alarm looks at its own dimensions, statistic and missing data",
    )
    patching.wrap(
        cloudwatch,
        "_dispatch_alarm_actions",
        _tell,
        because="a topic is told only if its policy lets CloudWatch publish",
    )
    patching.wrap(
        provisioners,
        "_cw_metric_alarm_record",
        _record,
        because="an alarm may be about an expression of several metrics",
    )
    patching.wrap(
        cloudwatch,
        "_put_metric_alarm",
        _put_alarm,
        because="an alarm may be about an expression of several metrics",
    )
    emulator.add_resource_type(
        "AWS::CloudWatch::CompositeAlarm",
        create=_create_composite,
        delete=_delete_composite,
        update=_update_composite,
    )


def _record(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take alarms on ``Metrics`` too, which the emulator refuses."""

    def record(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        queries = plain(properties.get("Metrics"))
        if not queries:
            plain_alarm: dict[str, Any] = original(name, properties)
            return plain_alarm
        for query in queries:
            if expression := query.get("Expression"):
                metric_math.names(expression)  # refuses what cannot be computed
            elif "MetricStat" in query:
                query["MetricStat"]["Period"] = int(query["MetricStat"]["Period"])
        stand_in = {"MetricName": "-", "Namespace": "-"}
        wanted = {key: properties.get(key) for key in _OF_ANY_ALARM if key in properties}
        alarm: dict[str, Any] = original(name, wanted | stand_in)
        for key in _OF_ONE_METRIC:
            alarm.pop(key, None)
        return alarm | {"Metrics": queries}

    return record


def _put_alarm(original: Callable[..., Any]) -> Callable[..., Any]:
    def put(params: Any, cbor_data: Any, is_cbor: bool, is_json: bool = False) -> Any:
        if not (cbor_data or {}).get("Metrics"):
            return original(params, cbor_data, is_cbor, is_json)
        name = cbor_data["AlarmName"]
        try:
            alarm = provisioners._cw_metric_alarm_record(name, cbor_data)
        except ValueError as error:
            return cloudwatch._error(
                "ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor
            )
        cloudwatch.cloudformation_put_metric_alarm(alarm)
        cloudwatch.cloudformation_set_metric_alarm_tags(name, cbor_data.get("Tags") or [])
        return cloudwatch._cbor_ok({}) if is_cbor else cloudwatch._json_ok({})

    return put


def _evaluate(alarm: dict[str, Any]) -> None:
    state, reason = judge(alarm, CLOCK.time())
    old = alarm["StateValue"]
    if state in (None, old):
        return
    now = int(CLOCK.time())
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=now)
    cloudwatch._record_history(alarm["AlarmName"], old, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def judge(alarm: Mapping[str, Any], now: float) -> tuple[str | None, str]:
    """Decide an alarm's state from its periods up to now; None when it stays as it is.

    The newest period ends now and not at the full minute, so that an alarm goes off at once.
    """
    compare = _COMPARE.get(alarm.get("ComparisonOperator", ""))
    if compare is None or not (alarm.get("MetricName") or alarm.get("Metrics")):
        return None, ""
    periods = int(alarm.get("EvaluationPeriods") or 1)
    needed = int(alarm.get("DatapointsToAlarm") or periods)
    threshold = float(alarm["Threshold"])
    found = values(alarm, now, periods)
    missing = alarm.get("TreatMissingData") or "missing"
    known = [value for value in found if value is not None]
    breaching = sum(compare(value, threshold) for value in known)
    absent = periods - len(known)
    if missing == "breaching":
        breaching += absent
    if breaching >= needed:
        crossed = ", ".join(f"{value:g}" for value in known)
        operator = alarm["ComparisonOperator"]
        return "ALARM", f"Threshold Crossed: [{crossed}] against {operator} {threshold:g}"
    if not known and missing == "missing":
        return "INSUFFICIENT_DATA", "Insufficient Data: no datapoints were received"
    if not known and missing == "ignore":
        return None, ""
    return "OK", f"Threshold not crossed: {breaching} of {needed} datapoints breach"


def values(alarm: Mapping[str, Any], now: float, periods: int) -> list[metric_math.Value]:
    """Compute an alarm's value for each of its periods, the newest first."""
    if not alarm.get("Metrics"):
        return _metric_values(alarm, alarm, now, periods)
    measured = {
        query["Id"]: _metric_values(
            query["MetricStat"]["Metric"],
            {**query["MetricStat"], "Statistic": query["MetricStat"]["Stat"]},
            now,
            periods,
        )
        for query in alarm["Metrics"]
        if "MetricStat" in query
    }
    expressions = {q["Id"]: q["Expression"] for q in alarm["Metrics"] if q.get("Expression")}
    watched = next(q["Id"] for q in alarm["Metrics"] if q.get("ReturnData", True))
    return [
        _computed(watched, expressions, {name: values[index] for name, values in measured.items()})
        for index in range(periods)
    ]


def _computed(
    name: str, expressions: Mapping[str, str], known: Mapping[str, metric_math.Value]
) -> metric_math.Value:
    if name not in expressions:
        return known.get(name)
    parts = {
        part: _computed(part, expressions, known) for part in metric_math.names(expressions[name])
    }
    return metric_math.evaluate(expressions[name], parts)


def _metric_values(
    metric: Mapping[str, Any], how: Mapping[str, Any], now: float, periods: int
) -> list[metric_math.Value]:
    dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or ()}
    key = (metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(dimensions))
    points = list(cloudwatch._metrics.get(key) or ())
    if unit := how.get("Unit"):
        points = [point for point in points if point.get("Unit") == unit]
    statistic = how.get("ExtendedStatistic") or how.get("Statistic") or "Average"
    period = int(how.get("Period") or 60)
    values: list[metric_math.Value] = []
    for index in range(periods):
        end = now - index * period
        chosen = [p for p in points if end - period < p["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(chosen)
        values.append(cloudwatch._stat_value(stats, statistic, chosen) if stats else None)
    return values


def _tell(original: Callable[..., Any]) -> Callable[..., Any]:
    """Publish where CloudWatch may; AWS notes a refusal in the alarm's history, and goes on."""

    def dispatch(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        field = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(
            new_state, "InsufficientDataActions"
        )
        account = responses.get_account_id()
        allowed = []
        for target in alarm.get(field) or ():
            if not cloudwatch._is_sns_action_arn(target):
                problems.report("alarm", f"the sandbox cannot carry out the action {target}")
            elif sns.topic_policy_allows(target, _SERVICE, alarm["AlarmArn"], account):
                allowed.append(target)
        original({**alarm, field: allowed}, old_state, new_state, reason)

    return dispatch


def _create_composite(
    logical_id: str, properties: Mapping[str, Any], stack: str
) -> tuple[str, Mapping[str, Any]]:
    return _put_composite(properties.get("AlarmName") or f"{stack}-{logical_id}", properties)


def _update_composite(
    name: str, _old: Mapping[str, Any], new: Mapping[str, Any], stack: str
) -> tuple[str, Mapping[str, Any]]:
    made = _put_composite(new.get("AlarmName") or name, new)
    if made[0] != name:
        _delete_composite(name, new)
    return made


def _put_composite(name: str, properties: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    request: dict[str, Any] = {"AlarmName": name, "AlarmRule": properties["AlarmRule"]}
    for optional in (
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "InsufficientDataActions",
        "OKActions",
    ):
        if properties.get(optional) is not None:
            request[optional] = properties[optional]
    status, _, body = cloudwatch._put_composite_alarm({}, request, False, True)
    if status >= 300:
        raise ValueError(body.decode(errors="replace"))
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def _delete_composite(name: str, _properties: Mapping[str, Any]) -> None:
    cloudwatch._composite_alarms.pop(name, None)
