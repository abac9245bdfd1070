"""What the sandbox uses of MiniStack's IAM and STS, checked at every start."""

from sandbox.core.patching import Module

iam = Module(
    "ministack.services.iam",
    _roles="AccountScopedDict",
    _users="AccountScopedDict",
)
sts = Module(
    "ministack.services.sts",
    register_session="(access_key, session)",
)
