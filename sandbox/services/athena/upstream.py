"""What the sandbox uses of MiniStack's Athena, checked at every start."""

from sandbox.core.patching import Module

athena = Module(
    "ministack.services.athena",
    _batch_get_query_execution="(data)",
    _create_named_query="(data)",
    _create_prepared_statement="(data)",
    _create_workgroup="(data)",
    _delete_named_query="(data)",
    _delete_prepared_statement="(data)",
    _get_query_execution="(data)",
    _get_query_results="(data)",
    _get_table_metadata="(data)",
    _get_workgroup="(data)",
    _glue_table_to_metadata="(t)",
    _list_query_executions="(data)",
    _named_queries="AccountRegionScopedDict",
    _prepared_statements="AccountRegionScopedDict",
    _start_query_execution="(data)",
    _stop_query_execution="(data)",
    _workgroups="AccountRegionScopedDict",
    reset="()",
)
