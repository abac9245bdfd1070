"""What the sandbox uses of MiniStack's Kinesis, checked at every start."""

from sandbox.core.patching import Module

kinesis = Module(
    "ministack.services.kinesis",
    _get_records="(data)",
    _put_record="(data)",
    _put_records="(data)",
    _resolve_stream="(data)",
    _shard_iterators="AccountRegionScopedDict",
    _start_stream_encryption="(data)",
    _stop_stream_encryption="(data)",
    _streams="AccountRegionScopedDict",
)
