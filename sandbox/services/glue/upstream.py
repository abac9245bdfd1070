"""What the sandbox uses of MiniStack's Glue, checked at every start."""

from sandbox.core.patching import Module

glue = Module(
    "ministack.services.glue",
    _create_database="(data)",
    _create_partition="(data)",
    _create_table="(data)",
    _databases="AccountRegionScopedDict",
    _delete_database="(data)",
    _delete_partition="(data)",
    _delete_table="(data)",
    _partitions="AccountRegionScopedDict",
    _tables="AccountRegionScopedDict",
    _update_table="(data)",
)
