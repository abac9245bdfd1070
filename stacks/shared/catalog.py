"""What Athena can ask: tables over the files of a bucket, views over those, saved queries."""

from collections.abc import Mapping

from aws_cdk import Aws, Stack
from aws_cdk import aws_glue as glue
from constructs import Construct

from stacks.shared.bucket import PrivateBucket
from stacks.shared.queries import SqlFiles, pascal, purpose
from stacks.shared.tables import Partition, Rows, table_of_files
from stacks.shared.views import view_of_sql
from stacks.shared.workgroup import QueryWorkgroup


class Catalog(Construct):
    """A database about one bucket. Its name is made of the stack's, as Glue asks for one."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        bucket: PrivateBucket,
        workgroup: QueryWorkgroup,
    ) -> None:
        super().__init__(scope, construct_id)
        self._bucket, self._workgroup = bucket, workgroup
        # SQL without quotes wants lower case and underscores.
        self._name = Stack.of(self).stack_name.lower().replace("-", "_")
        self.database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self._name, description=description
            ),
        )

    def add_table(
        self,
        name: str,
        rows: Rows,
        *,
        description: str,
        partitions: Mapping[str, Partition],
        folder: str | None = None,
    ) -> None:
        """Make rows of the files in a folder of the bucket: the one that is named as the table."""
        location = f"s3://{self._bucket.bucket_name}/{folder or name}/"
        self._add(
            name,
            table_of_files(
                name, rows, description=description, location=location, partitions=partitions
            ),
        )

    def add_sql(self, files: SqlFiles, *, views: Mapping[str, Mapping[str, str]]) -> None:
        """Add views, each with the types that Trino has for its columns, and all saved queries."""
        for name, types in views.items():
            sql = files.view(name)
            self._add(
                name,
                view_of_sql(name, sql, types, description=purpose(sql), database=self._name),
            )
        for name, sql in files.queries().items():
            self._workgroup.save_query(name, sql, database=self._name)

    def _add(self, name: str, entry: glue.CfnTable.TableInputProperty) -> None:
        table = glue.CfnTable(
            self,
            pascal(name),
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self._name,
            table_input=entry,
        )
        table.add_resource_dependency(self.database)
