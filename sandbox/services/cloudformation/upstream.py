"""What the sandbox uses of the rest of MiniStack's CloudFormation, checked at every start."""

from sandbox.core.patching import Module

cloudformation = Module(
    "ministack.services.cloudformation",
    _stacks="AccountRegionScopedDict",
)
custom_resource = Module(
    "ministack.services.cloudformation.custom_resource",
    deliver_response="(token, response)",
)
stacks = Module(
    "ministack.services.cloudformation.stacks",
    _delete_resource="(resource_type, physical_id, props, stack_name, logical_id)",
    _provision_resource="(resource_type, logical_id, props, stack_name)",
    _update_resource=(
        "(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)"
    ),
)
