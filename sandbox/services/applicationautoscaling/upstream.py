"""What the sandbox uses of MiniStack's schedules for scaling, checked at every start."""

from sandbox.core.patching import Module

eventbridge = Module(
    "ministack.services.eventbridge",
    _cron_next_fire="(fields, after_dt)",
    _parse_cron_fields="(expr)",
    _parse_rate_seconds="(expr)",
)
