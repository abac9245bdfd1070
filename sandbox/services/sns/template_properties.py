"""AWS::SNS::Topic: the attributes that the emulator drops."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.services.sns.upstream import sns

Properties = Mapping[str, Any]


def install() -> None:
    """Finish what a template makes or changes."""
    emulator.after_create(
        "AWS::SNS::Topic",
        _topic,
        because="the key, the tracing and the FIFO attributes of a topic are dropped",
    )


def _topic(arn: str, properties: Properties, _attributes: Properties) -> None:
    attributes = sns._topics[arn]["attributes"]
    for name in (
        "ContentBasedDeduplication",
        "FifoThroughputScope",
        "FifoTopic",
        "KmsMasterKeyId",
        "SignatureVersion",
        "TracingConfig",
    ):
        value = properties.get(name)
        if value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = str(value).lower() if isinstance(value, bool) else str(value)
