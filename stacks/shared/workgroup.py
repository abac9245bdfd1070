"""Where Athena's queries run."""

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_athena as athena
from constructs import Construct

from stacks.shared.bucket import PrivateBucket
from stacks.shared.protection import Protection
from stacks.shared.queries import pascal, purpose

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
        protection: Protection,
        bytes_cutoff: int,
        results_expire_after: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = Stack.of(self).stack_name
        self.results = PrivateBucket(
            self, "Results", protection=protection, expires_after=results_expire_after
        )
        results = athena.CfnWorkGroup.ResultConfigurationProperty(
            output_location=f"s3://{self.results.bucket_name}/",
            expected_bucket_owner=Aws.ACCOUNT_ID,
            encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                encryption_option="SSE_KMS", kms_key=protection.key.key_arn
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
                bytes_scanned_cutoff_per_query=bytes_cutoff,
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
