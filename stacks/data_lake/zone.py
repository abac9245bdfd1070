"""A bucket of the lake that one role alone writes to."""

from aws_cdk import aws_iam as iam

from stacks.shared.bucket import PrivateBucket


class Zone(PrivateBucket):
    """A zone whose content comes from one role, whatever others' own policies say."""

    def take_from(self, writer: iam.Role, *, prefix: str = "") -> None:
        """Let a role put objects, and nobody else."""
        self.allow(writer, "s3:PutObject", prefix=prefix)
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyWriter",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[self.arn_for_objects("*")],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": writer.role_arn}},
            )
        )
