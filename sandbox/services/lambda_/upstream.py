"""What the sandbox uses of MiniStack's Lambda, checked at every start."""

from sandbox.core.patching import Module

lambda_svc = Module(
    "ministack.services.lambda_svc",
    _acquire_execution_slot="(func, config)",
    _create_esm="(data)",
    _create_function="(data)",
    _emit_lambda_metrics="(function_name, duration_ms, error, throttle)",
    _emit_lambda_logs="(func, request_id, log_text, error, duration_ms, *, log_source)",
    _esm_backoff_until="AccountRegionScopedDict",
    _esm_inflight="dict",
    _esm_wake="Event",
    _esms="AccountRegionScopedDict",
    _execute_function="(func, event)",
    _execute_function_dispatch="(func, config, event, request_id, started)",
    _execute_function_warm="(func, event, request_id)",
    _execute_function_with_config_scope="(func, event)",
    _execution_record_for_config="(func, config)",
    _functions="AccountRegionScopedDict",
    _get_account_settings="()",
    _get_func_record_for_ref="(function_ref)",
    _inflight="dict",
    _inflight_key="(config)",
    _put_function_concurrency="(func_name, data)",
    _reserved_concurrency="(func, config)",
    _resolve_layer_zip="(attachment)",
    _resolve_name_and_qualifier="(name_or_arn)",
    _route_async_failure="(target_arn, func_name, event, result)",
    _run_sqs_batch="(esm, func_rec, event, batch, queue_url, queue_name)",
    _sqs_esm_concurrency="(esm, func_rec, config, queue)",
    _update_config="(name, data)",
    _validate_dead_letter_config="(dead_letter_config)",
    _vpc_config_with_id="(request_config)",
    time="module",
    invoke_async_with_retry="(func, event)",
)
lambda_runtime = Module(
    "ministack.core.lambda_runtime",
    HOST_PREFIX_ENV="str",
    _PYTHON_WORKER_SCRIPT="str",
    _RESERVED_RUNTIME_ENV_VARS="set",
    _account_region_from_function_config="(config)",
    execution_credentials="(config)",
    reap_idle_workers="(ttl)",
    reset="()",
    workers_in_use="()",
    **{
        "Worker._drain_stderr": "(self)",
        "Worker._drain_stderr_bounded": "(self, first_line_wait, idle_confirm, hard_cap)",
        "Worker._read_stderr": "(self)",
        "Worker._spawn": "(self)",
        "Worker.invoke": (
            "(self, event, request_id, *, trace_id, depth, durable, invoked_function_arn)"
        ),
    },
)
