"""What the sandbox uses of MiniStack's DynamoDB, checked at every start."""

from sandbox.core.patching import Module

dynamodb = Module(
    "ministack.services.dynamodb",
    _pitr_settings="AccountRegionScopedDict",
    _sse_description_from_spec="(spec)",
    _tables="AccountRegionScopedDict",
    _update_ttl="(data)",
    handle_request="(method, path, headers, body, query_params)",
    time="module",
)
