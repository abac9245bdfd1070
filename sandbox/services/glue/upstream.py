"""What the sandbox uses of MiniStack's Glue, checked at every start."""

from sandbox.core.patching import Module

glue = Module(
    "ministack.services.glue",
    _batch_stop_job_run="(data)",
    _crawlers="AccountRegionScopedDict",
    _create_crawler="(data)",
    _create_database="(data)",
    _create_job="(data)",
    _create_partition="(data)",
    _create_security_configuration="(data)",
    _create_table="(data)",
    _databases="AccountRegionScopedDict",
    _delete_crawler="(data)",
    _delete_database="(data)",
    _delete_job="(data)",
    _delete_partition="(data)",
    _delete_security_configuration="(data)",
    _delete_table="(data)",
    _get_job_run="(data)",
    _get_job_runs="(data)",
    _handle_request_sync="(method, path, headers, body, query_params)",
    _jobs="AccountRegionScopedDict",
    _partitions="AccountRegionScopedDict",
    _security_configs="AccountRegionScopedDict",
    _start_job_run="(data)",
    _tables="AccountRegionScopedDict",
    _update_crawler="(data)",
    _update_job="(data)",
    _update_table="(data)",
    reset="()",
)
