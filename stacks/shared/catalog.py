"""What Athena can query: tables over files in buckets, views over those, saved queries."""

from collections.abc import Mapping

from aws_cdk import Aws, Stack
from aws_cdk import aws_glue as glue
from constructs import Construct

from stacks.settings.shared import Queries
from stacks.shared.bucket import PrivateBucket
from stacks.shared.queries import SqlFiles, pascal, purpose
from stacks.shared.security_baseline import SecurityBaseline
from stacks.shared.tables import Partition, Rows, table_of_files
from stacks.shared.views import view_of_sql
from stacks.shared.workgroup import QueryWorkgroup


class Catalog(Construct):
    """A database, and the workgroup that its queries run in.

    The names of both are made of the stack's, as Glue and Athena ask for one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        baseline: SecurityBaseline,
        settings: Queries,
    ) -> None:
        super().__init__(scope, construct_id)
        self._workgroup = QueryWorkgroup(self, "Workgroup", baseline=baseline, settings=settings)
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

    @property
    def results(self) -> PrivateBucket:
        """The bucket of what queries answered."""
        return self._workgroup.results

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to run a query."""
        return {
            "DatabaseName": self.database.ref,
            "WorkgroupName": self._workgroup.resource.ref,
        }

    def add_table(
        self,
        name: str,
        rows: Rows,
        *,
        description: str,
        bucket: PrivateBucket,
        partitions: Mapping[str, Partition],
        folder: str | None = None,
    ) -> None:
        """Make a table of the files in a folder of a bucket; a folder of None has its name."""
        location = f"s3://{bucket.bucket_name}/{folder or name}/"
        self._add(
            name,
            table_of_files(
                name, rows, description=description, location=location, partitions=partitions
            ),
        )

    def add_sql(self, files: SqlFiles, *, views: Mapping[str, Mapping[str, str]]) -> None:
        """Add views, each with the types that Trino has for its columns, and all saved queries."""
        for name, types in views.items():
            self.add_view(name, files.view(name), types)
        for name, sql in files.queries().items():
            self._workgroup.save_query(name, sql, database=self._name)

    def add_view(self, name: str, sql: str, types: Mapping[str, str]) -> None:
        """Add a view, whose first line says what it is for, with Trino's types of its columns."""
        view = view_of_sql(name, sql, types, description=purpose(sql), database=self._name)
        self._add(name, view)

    def _add(self, name: str, entry: glue.CfnTable.TableInputProperty) -> None:
        table = glue.CfnTable(
            self,
            pascal(name),
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self._name,
            table_input=entry,
        )
        table.add_resource_dependency(self.database)
