"""What a training is given: channels, each in the algorithm's own format. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from stacks.model_training.algorithms.table import LABEL_FIRST, OWN, SCRIPT
from stacks.model_training.pipeline.plan import Learning, Plan
from stacks.model_training.pipeline.references import Value, output_of

OWN_DATA = "data"  # the folder of what a person puts into the bucket of artifacts
IMAGES = "images"
_CODE = "code"


def channels(plan: Plan, *, prepared_by: str) -> list[dict[str, Any]]:
    """Write the channels of a training."""
    learning = plan.learning
    if learning.algorithm.rows == OWN:
        return [_own(plan, name) for name in own_channels(learning)]
    return list(_of_the_lake(plan, prepared_by))


def own_channels(learning: Learning) -> list[str]:
    """Name the channels that a person brings files for."""
    lists = learning.algorithm.lists if learning.format == IMAGES else ()
    return [*learning.algorithm.needed, *lists, *learning.further]


def _of_the_lake(plan: Plan, prepared_by: str) -> Iterator[dict[str, Any]]:
    learning = plan.learning
    is_script = learning.algorithm.name == SCRIPT
    for name in learning.algorithm.needed:
        if name == _CODE:
            # The container has no network, so the code comes as a channel.
            yield _channel(name, plan.code.script)
            continue
        # A search that looked at the test split would leave none to judge by.
        is_searched = learning.tuning and learning.algorithm.rows != LABEL_FIRST
        split = "validation" if name == "test" and is_searched else name
        channel = _channel(name, output_of(prepared_by, split))
        if not is_script:
            channel["ContentType"] = learning.content_type
        if learning.algorithm.shards and name == "train":
            channel["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
        yield channel


def _own(plan: Plan, name: str) -> dict[str, Any]:
    learning, place = plan.learning, f"s3://{plan.bucket}/{OWN_DATA}/{name}"
    if not learning.is_listed:
        return {**_channel(name, f"{place}/"), "ContentType": learning.content_type}
    listed: Mapping[str, Any] = {
        "S3DataType": "AugmentedManifestFile",
        "AttributeNames": [*learning.algorithm.attributes],
    }
    channel = _channel(name, f"{place}.manifest")
    channel["DataSource"]["S3DataSource"] |= listed
    return {**channel, "ContentType": learning.content_type, "RecordWrapperType": "RecordIO"}


def _channel(name: str, place: Value) -> dict[str, Any]:
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": place,
        "S3DataDistributionType": "FullyReplicated",
    }
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, "CompressionType": "None"}
