"""Settings of ModelHosting as tests have them, and what each kind of hosting has to be set to."""

from collections.abc import Mapping
from typing import Any

from costs.defaults import defaults

SETTINGS: Mapping[str, Any] = {
    "log_days": 30,
    "result_days": 400,
    "access_log_days": 90,
    "concurrent_functions": 2,
    "kind": "real-time",
    "instance_type": "ml.m5.large",
    "processors": 2,
    "least_instances": 2,
    "most_instances": 4,
    "requests_per_instance_minute": 6000,
    "update": "canary",
    "step_percent": 50,
    "bake_seconds": 300,
    "keep_old_seconds": 300,
    "capture_percent": 20,
    "capture_days": 30,
    "drift_hours": 1,
    "drift_instance": "ml.m5.large",
    "drift_image_tag": "3.0-5",
    "drift_error_rate": 0.01,
    "drift_least_distance": 0.05,
    "drift_least_stability": 0.02,
    "truth_hours": 24,
    "subnets": [],
    "security_groups": [],
    "failed_percent": 2.0,
    "slow_milliseconds": 200,
    "most_shift": 0.25,
    "busy_percent": 85,
    "answer_seconds": 8.0,
    "breaker_failures": 5,
    "breaker_seconds": 10,
    "weights_seconds": 15,
    "requests_per_second": 100,
    "burst": 200,
    "memory_mib": 512,
    "account_logs": True,
    "web_acl": "",
    **{
        k: v
        for k, v in defaults()["model_hosting"].items()
        if k.startswith(
            ("batch_", "serverless_", "asynchronous_", "multi_model_", "challenger_", "experiment_")
        )
    },
}
# What each kind has to be set to, beside its name.
KINDS: Mapping[str, Mapping[str, Any]] = {
    "serverless": {"update": "all-at-once", "capture_percent": 0, "least_instances": 1,
                   "most_instances": 1},
    "asynchronous": {},
    "multi-model": {"capture_percent": 0, "multi_model_columns": ["hour", "temperature"]},
    "inference-pipeline": {},
}  # fmt: skip
TO_NONE: Mapping[str, Any] = {"kind": "asynchronous", "least_instances": 0, "update": "all-at-once"}
