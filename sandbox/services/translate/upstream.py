"""What the sandbox uses of MiniStack's Translate, checked at every start."""

from sandbox.core.patching import Module

translate = Module(
    "ministack.services.translate",
    _DISPATCH="dict",
    reset="()",
)
