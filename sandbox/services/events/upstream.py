"""What the sandbox uses of MiniStack's EventBridge, checked at every start."""

from sandbox.core.patching import Module

eventbridge = Module(
    "ministack.services.eventbridge",
    _dispatch_event="(event, view)",
    _dispatch_to_lambda="(arn, payload)",
    _dispatch_to_stepfunctions="(arn, payload)",
    _event_pattern_error="(pattern_str)",
    _invoke_target="(target, event, rule, view)",
    _pattern_event_view="(event)",
    _put_targets="(data)",
    _rules="AccountRegionScopedDict",
    _targets="AccountRegionScopedDict",
    _validate_schedule_expression="(expr)",
    _validate_target_arn="(target)",
    time="module",
)
