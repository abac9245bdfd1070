"""What the sandbox uses of MiniStack's KMS, checked at every start."""

from sandbox.core.patching import Module

kms = Module(
    "ministack.services.kms",
    _check_key_state="(rec)",
    _create_alias="(data)",
    _create_key="(data)",
    _grants="AccountRegionScopedDict",
    _resolve_key="(key_id_or_arn)",
)
