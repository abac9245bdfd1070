"""A key for each level of classification that zones have, and who may use which."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam

from stacks.data_lake.settings import Classification
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.security_baseline import SecurityBaseline


class Levels:
    """Protects each zone by the key of its level.

    The level of raw files has the stack's own key, as queues and streams on the way to them have.
    """

    def __init__(self, stack: ArchitectureStack, classification: Classification) -> None:
        self._zones: dict[str, str] = classification.model_dump()
        self._baselines = {classification.raw: stack.baseline}
        for level in self._zones.values():
            if level not in self._baselines:
                name = f"{level.title()}Key"
                made = self._baselines[level] = stack.baseline.with_another_key(stack, name)
                stack.add_outputs({f"{name}Arn": made.key.key_arn})

    def __getitem__(self, zone: str) -> SecurityBaseline:
        """Give what protects a zone, by its name in the settings."""
        return self._baselines[self._zones[zone]]


def allow_keys(
    role: iam.Role, *, reads: Sequence[PrivateBucket] = (), writes: Sequence[PrivateBucket] = ()
) -> None:
    """Let a role use, through S3 alone, the keys of what it reads and of what it writes."""
    keys = {bucket.key.node.path: bucket.key for bucket in (*reads, *writes)}
    for path, key in keys.items():
        kinds = {"kms:Decrypt": reads, "kms:GenerateDataKey": writes}
        actions = [
            action
            for action, buckets in kinds.items()
            if path in {bucket.key.node.path for bucket in buckets}
        ]
        key.allow(role, *actions, through=["s3"])
