"""Glue's optimizers of Iceberg tables: fewer files, no old snapshots, no files of nobody."""

from collections.abc import Iterable, Sequence
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from guardrails import waive
from stacks.data_lake.levels import allow_keys
from stacks.data_lake.zone import Zone
from stacks.shared.arns import arn_here
from stacks.shared.permissions import allow, on_behalf_of, waive_inline

Optimizer = glue.CfnTableOptimizer
# Longer than a run of the job can take: its files are nobody's until it commits.
ORPHAN_DAYS = 3


class TableOptimizers(Construct):
    """Some for each table, by one role that may rewrite these tables and nothing else.

    Snapshots are let go after ``snapshot_days``, or by others where that is None.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        tables: Sequence[glue.CfnTable],
        *,
        zone: Zone,
        snapshot_days: int | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "glue.amazonaws.com", conditions=on_behalf_of(arn_here("glue", "*"))
            ),
        )
        configurations = _configurations(snapshot_days)
        self._allow(tables, zone, configurations)
        for table in tables:
            for kind, more in configurations.items():
                optimizer = Optimizer(
                    self,
                    f"{table.node.id}{kind.title().replace('_', '')}",
                    catalog_id=Aws.ACCOUNT_ID,
                    database_name=table.database_name,
                    table_name=table.ref,
                    type=kind,
                    table_optimizer_configuration=Optimizer.TableOptimizerConfigurationProperty(
                        enabled=True, role_arn=self.role.role_arn, **more
                    ),
                )
                # Glue looks whether the role may, before it takes it.
                optimizer.node.add_dependency(self.role)

    def _allow(self, tables: Sequence[glue.CfnTable], zone: Zone, kinds: Iterable[str]) -> None:
        """Grant what Glue's guide names.

        https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html
        """
        zone.take_from(self.role)
        zone.allow(self.role, "s3:GetObject", "s3:DeleteObject")
        allow(self.role, "s3:ListBucket", on=[zone.bucket_arn])
        allow_keys(self.role, reads=[zone], writes=[zone])
        name = Stack.of(self).stack_name.lower().replace("-", "_")
        above = [arn_here("glue", "catalog"), arn_here("glue", f"database/{name}")]
        named = [arn_here("glue", f"table/{name}/{table.name}") for table in tables]
        allow(self.role, "glue:GetTable", "glue:UpdateTable", on=[*above, *named])
        logs = (f"iceberg-{kind.replace('_', '-')}" for kind in kinds)
        groups = [f"log-group:/aws-glue/{name}/logs:*" for name in logs]
        writes = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
        allow(self.role, *writes, on=[arn_here("logs", group) for group in groups])
        place = "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>"
        waive(
            self.role,
            "object_wildcard",
            because="Glue names the streams of its groups for optimizers, one for every run.",
            findings=[f"Resource::{place}:{group}" for group in groups],
        )
        waive_inline(self.role)


def _configurations(snapshot_days: int | None) -> dict[str, dict[str, Any]]:
    compaction = Optimizer.CompactionConfigurationProperty(
        iceberg_configuration=Optimizer.IcebergCompactionConfigurationProperty(strategy="binpack")
    )
    found: dict[str, dict[str, Any]] = {"compaction": {"compaction_configuration": compaction}}
    if snapshot_days is not None:
        retention = Optimizer.RetentionConfigurationProperty(
            iceberg_configuration=Optimizer.IcebergRetentionConfigurationProperty(
                snapshot_retention_period_in_days=snapshot_days,
                number_of_snapshots_to_retain=1,
                clean_expired_files=True,
            )
        )
        found["retention"] = {"retention_configuration": retention}
    orphans = Optimizer.OrphanFileDeletionConfigurationProperty(
        iceberg_configuration=Optimizer.IcebergConfigurationProperty(
            orphan_file_retention_period_in_days=ORPHAN_DAYS
        )
    )
    found["orphan_file_deletion"] = {"orphan_file_deletion_configuration": orphans}
    return found
