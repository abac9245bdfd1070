"""What the sandbox uses of MiniStack's IoT, checked at every start."""

from sandbox.core.patching import Module

iot = Module(
    "ministack.services.iot",
    _MtlsAcceptor="()",
    _describe_endpoint="(qp)",
    _dispatch_rule_action="(account_id, region, rule_name, action, event)",
    _mtls_build_ssl_context="()",
    _mtls_loop="NoneType",
    _mtls_server="NoneType",
    _mtls_start_locked="()",
    _thing_groups="AccountRegionScopedDict",
    _things="AccountRegionScopedDict",
    _topic_rule_arn="(name)",
    _unimplemented_sql_functions="(sql)",
    _validate_rule_sql="(sql)",
    mtls_enabled="()",
    mtls_start="()",
    put_topic_rule="(name, payload, *, created_at)",
    request_scope="(account_id, region)",
)
