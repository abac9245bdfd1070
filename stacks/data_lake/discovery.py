"""What unknown sources drop, catalogued by a crawler: the one place where schemas are guessed."""

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from guardrails import waive
from stacks.data_lake.settings import DataLake
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.glue_security import encrypted_by
from stacks.shared.permissions import allow, on_behalf_of, waive_inline
from stacks.shared.security_baseline import SecurityBaseline


class Discovery(Construct):
    """A bucket beside the lake, a database of its own, and the crawler from the one to the other.

    Nothing of it is modeled: who has looked at it writes a contract, and drops it into `raw`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        baseline: SecurityBaseline,
    ) -> None:
        super().__init__(scope, construct_id)
        name = f"{Stack.of(self).stack_name}-drops"
        database = name.lower().replace("-", "_")
        self._drops = PrivateBucket(
            self, "Drops", baseline=baseline, expires_after=Duration.days(settings.raw_days)
        )
        self.database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=database,
                description="What a crawler found in files that nobody has described.",
            ),
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "glue.amazonaws.com", conditions=on_behalf_of(arn_here("glue", "*"))
            ),
        )
        security = encrypted_by(baseline.key, self, name)
        schedule = glue.CfnCrawler.ScheduleProperty(schedule_expression=settings.discovery_schedule)
        self._crawler = glue.CfnCrawler(
            self,
            "Crawler",
            name=name,
            description="Looks at what was dropped, and makes tables of it.",
            role=self.role.role_arn,
            database_name=self.database.ref,
            targets=glue.CfnCrawler.TargetsProperty(
                s3_targets=[
                    glue.CfnCrawler.S3TargetProperty(path=f"s3://{self._drops.bucket_name}/")
                ]
            ),
            schedule=schedule if settings.discovery_schedule else None,
            schema_change_policy=glue.CfnCrawler.SchemaChangePolicyProperty(
                update_behavior="UPDATE_IN_DATABASE", delete_behavior="DEPRECATE_IN_DATABASE"
            ),
            recrawl_policy=glue.CfnCrawler.RecrawlPolicyProperty(
                recrawl_behavior="CRAWL_EVERYTHING"
            ),
            crawler_security_configuration=security.name,
        )
        self._crawler.node.add_dependency(security)
        self._drops.allow(self.role, "s3:GetObject")
        allow(self.role, "s3:ListBucket", on=[self._drops.bucket_arn])
        baseline.key.allow(self.role, "kms:Decrypt", through=["s3"])
        self._write_tables(database)
        self._write_logs(f"{self.role.role_name}-{name}", baseline, settings.log_days)
        waive_inline(self.role)
        self._crawler.node.add_dependency(self.role)

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to drop something, have it looked at, and ask for it."""
        return {
            "DropsBucketName": self._drops.bucket_name,
            "DropsDatabaseName": self.database.ref,
            "CrawlerName": self._crawler.ref,
        }

    def _write_tables(self, database: str) -> None:
        above = [arn_here("glue", "catalog"), arn_here("glue", f"database/{database}")]
        tables = arn_here("glue", f"table/{database}/*")
        allow(self.role, "glue:GetDatabase", on=above)
        allow(
            self.role,
            *("glue:GetTable", "glue:GetTables", "glue:CreateTable", "glue:UpdateTable"),
            *("glue:GetPartitions", "glue:BatchCreatePartition"),
            # The managed policy of crawlers has them; which crawl needs them, AWS does not say.
            *("glue:BatchGetPartition", "glue:BatchUpdatePartition"),
            on=[*above, tables],
        )
        waive(
            self.role,
            "object_wildcard",
            because="A crawler names tables after what it finds, in a database of its own.",
            findings=[finding_on(tables)],
        )

    def _write_logs(self, named: str, baseline: SecurityBaseline, days: int) -> None:
        """Make the log group that Glue would make by itself, and keep for ever."""
        baseline.key.serve_logs()
        group = logs.CfnLogGroup(
            self,
            "Logs",
            log_group_name=f"/aws-glue/crawlers-role/{named}",
            kms_key_id=baseline.key.key_arn,
            retention_in_days=days,
        )
        group.apply_removal_policy(RemovalPolicy.DESTROY)
        allow(
            self.role,
            *("logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"),
            on=[group.attr_arn],
        )
