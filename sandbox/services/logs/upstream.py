"""What the sandbox uses of MiniStack's CloudWatch Logs, checked at every start."""

from sandbox.core.patching import Module

cloudwatch_logs = Module(
    "ministack.services.cloudwatch_logs",
    _append_log_events="(stream, events)",
    _create_log_group="(data)",
    _delete_log_group="(data)",
    _delete_retention_policy="(data)",
    _log_groups="AccountRegionScopedDict",
    _make_group_arn="(name)",
    _put_retention_policy="(data)",
    handle_request="(method, path, headers, body, query_params)",
    reset="()",
    time="module",
)
