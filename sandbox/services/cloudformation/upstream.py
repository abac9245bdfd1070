"""What the sandbox uses of the rest of MiniStack's CloudFormation, checked at every start."""

from sandbox.core.patching import Module

changesets = Module(
    "ministack.services.cloudformation.changesets",
    _evaluate_conditions="(template, params)",
)
cloudformation = Module(
    "ministack.services.cloudformation",
    _stacks="AccountRegionScopedDict",
)
custom_resource = Module(
    "ministack.services.cloudformation.custom_resource",
    deliver_response="(token, response)",
)
engine = Module(
    "ministack.services.cloudformation.engine",
    _evaluate_conditions="(template, params)",
)
handlers = Module(
    "ministack.services.cloudformation.handlers",
    _evaluate_conditions="(template, params)",
)
stacks = Module(
    "ministack.services.cloudformation.stacks",
    _delete_resource="(resource_type, physical_id, props, stack_name, logical_id)",
    _evaluate_conditions="(template, params)",
    _provision_resource="(resource_type, logical_id, props, stack_name)",
    _runs_on_worker_thread="(resource_type)",
    _update_resource=(
        "(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)"
    ),
)
