"""The workgroup that Athena's queries run in."""

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_athena as athena
from constructs import Construct

from stacks.settings.shared import Queries
from stacks.shared.bucket import PrivateBucket
from stacks.shared.queries import pascal, purpose
from stacks.shared.security_baseline import SecurityBaseline

ENGINE = "Athena engine version 3"


class QueryWorkgroup(Construct):
    """Queries on a pinned engine, within a limit of bytes, with results that expire.

    Its name is the stack's, as Athena asks for one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        baseline: SecurityBaseline,
        settings: Queries,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = Stack.of(self).stack_name
        self.results = PrivateBucket(
            self,
            "Results",
            baseline=baseline,
            expires_after=Duration.days(settings.query_result_days),
        )
        results = athena.CfnWorkGroup.ResultConfigurationProperty(
            output_location=f"s3://{self.results.bucket_name}/",
            expected_bucket_owner=Aws.ACCOUNT_ID,
            encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                encryption_option="SSE_KMS", kms_key=baseline.key.key_arn
            ),
        )
        self.resource = athena.CfnWorkGroup(
            self,
            "Resource",
            name=self._name,
            # A workgroup with a query history cannot be deleted otherwise.
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=settings.query_bytes_cutoff,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version=ENGINE
                ),
                result_configuration=results,
            ),
        )

    def save_query(self, name: str, sql: str, *, database: str) -> None:
        """Offer a query under a name to everyone who uses the workgroup."""
        query = athena.CfnNamedQuery(
            self,
            pascal(name),
            name=name,
            description=purpose(sql),
            database=database,
            work_group=self._name,
            query_string=sql,
        )
        query.add_resource_dependency(self.resource)
