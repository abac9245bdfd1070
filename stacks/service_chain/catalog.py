"""The database: what Athena can ask about documents and failures."""

from aws_cdk import Stack
from constructs import Construct

from stacks.service_chain.columns import DOCUMENTS, FAILURES, VIEWS
from stacks.service_chain.views import saved_queries, view_sql
from stacks.settings_service_chain import ServiceChain
from stacks.shared.athena import GlueDatabase, JsonTable, QueryWorkgroup, View, projected_days
from stacks.shared.bucket import PrivateBucket
from stacks.shared.queries import pascal, purpose


class Catalog(Construct):
    """Tables over the JSON files, the views that flatten and filter them, saved queries."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        results: PrivateBucket,
        workgroup: QueryWorkgroup,
        settings: ServiceChain,
    ) -> None:
        super().__init__(scope, construct_id)
        self.database = GlueDatabase(
            self,
            "Database",
            stack_name=Stack.of(self).stack_name,
            description="What recordings and texts say; the view insights is the place to start.",
        )
        day = projected_days(settings.result_days)
        for construct_id_, name, columns, description in (
            ("Documents", "documents", DOCUMENTS, "One document per object version."),
            ("Failures", "failures", FAILURES, "One record per document that failed for good."),
        ):
            JsonTable(
                self,
                construct_id_,
                name=name,
                description=description,
                database=self.database,
                bucket=results,
                prefix=f"{name}/",
                columns=columns,
                partitions={"day": day},
            )
        for name, types in VIEWS.items():
            sql = view_sql(name, settings)
            View(
                self,
                pascal(name),
                name=name,
                description=purpose(sql),
                database=self.database,
                sql=sql,
                columns=types,
            )
        for name, sql in saved_queries(settings).items():
            workgroup.save_query(
                pascal(name), name=name, description=purpose(sql), database=self.database, sql=sql
            )
