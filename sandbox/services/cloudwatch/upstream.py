"""What the sandbox uses of MiniStack's CloudWatch, checked at every start."""

from sandbox.core.patching import Module

cloudwatch = Module(
    "ministack.services.cloudwatch",
    _alarms="AccountRegionScopedDict",
    _calc_stats="(points)",
    _cbor_ok="(data)",
    _composite_alarms="AccountRegionScopedDict",
    _dims_key="(dims)",
    _dispatch_alarm_actions="(alarm, old_state, new_state, reason)",
    _error="(code, message, status, use_json, use_cbor)",
    _evaluate_alarm="(alarm)",
    _evaluate_parent_alarms="(child, seen)",
    _is_sns_action_arn="(action)",
    _json_ok="(data)",
    _metrics="AccountRegionScopedDict",
    _put_composite_alarm="(params, cbor_data, is_cbor, is_json)",
    _put_metric_alarm="(params, cbor_data, is_cbor, is_json)",
    _record_history="(alarm_name, old_state, new_state, reason, alarm_type, reason_data)",
    _stat_value="(stats, stat_name, points)",
    _store_datum="(namespace, name, dims, ts, unit, value, values, counts, stat_values)",
    cloudformation_put_metric_alarm="(alarm)",
    cloudformation_set_metric_alarm_tags="(name, tags)",
    record_metric="(namespace, metric_name, value, unit, dimensions)",
    time="module",
)
