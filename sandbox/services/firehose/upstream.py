"""What the sandbox uses of MiniStack's Firehose, checked at every start."""

from sandbox.core.patching import Module

firehose = Module(
    "ministack.services.firehose",
    ingest_from_kinesis_source="(stream_arn, records)",
)
