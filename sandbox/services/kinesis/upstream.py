"""What the sandbox uses of MiniStack's Kinesis, checked at every start."""

from sandbox.core.patching import Module

kinesis = Module(
    "ministack.services.kinesis",
    _start_stream_encryption="(data)",
    _stop_stream_encryption="(data)",
    _streams="AccountRegionScopedDict",
)
