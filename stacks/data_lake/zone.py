"""A bucket of the lake that only its own writers write to."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.shared.bucket import PrivateBucket
from stacks.shared.security_baseline import SecurityBaseline


class Zone(PrivateBucket):
    """A zone whose content comes from certain roles, whatever others' own policies say."""

    _denial: iam.PolicyStatement | None = None
    _writers: tuple[str, ...] = ()

    def __init__(
        self, scope: Construct, construct_id: str, *, level: SecurityBaseline, days: int
    ) -> None:
        """Protect it as its level is, and keep what it has for so long."""
        kept = Duration.days(days)
        super().__init__(scope, construct_id, baseline=level, expires_after=kept)

    def take_from(self, writer: iam.Role, *, prefix: str = "") -> None:
        """Let a role put objects, and nobody whom this was not said of."""
        self.allow(writer, "s3:PutObject", prefix=prefix)
        if writer.role_arn not in self._writers:
            self._writers = (*self._writers, writer.role_arn)
        if self._denial is None:
            self._denial = iam.PolicyStatement(
                sid="OnlyWriters",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                **self._guarded(),
            )
            self.add_to_resource_policy(self._denial)
        self._denial.add_condition("ArnNotEquals", {"aws:PrincipalArn": list(self._writers)})

    def _guarded(self) -> dict[str, Any]:
        return {"resources": [self.arn_for_objects("*")]}


class TableZone(Zone):
    """A zone of Iceberg tables, whose first metadata Glue writes as whoever deploys them."""

    def _guarded(self) -> dict[str, Any]:
        # Nothing refers to an object of such a name but the table that it was written for.
        return {"not_resources": [self.arn_for_objects("*/metadata/00000-*.metadata.json")]}
