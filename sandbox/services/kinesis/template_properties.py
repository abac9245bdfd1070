"""AWS::Kinesis::Stream: the properties that the emulator drops."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.services.cloudformation.replies import result_of
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.kinesis.upstream import kinesis

Properties = Mapping[str, Any]


def install() -> None:
    """Finish what a template makes or changes."""
    emulator.after_create(
        "AWS::Kinesis::Stream", _stream, because="the encryption of a stream is dropped"
    )


def _stream(name: str, properties: Properties, _attributes: Properties) -> None:
    encryption = plain(properties.get("StreamEncryption"))
    if encryption:
        result_of(kinesis._start_stream_encryption({"StreamName": name, **encryption}))
    else:
        kinesis._stop_stream_encryption({"StreamName": name})
