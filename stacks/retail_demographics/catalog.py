"""The database: what Athena can ask about detections and rejects."""

from aws_cdk import Stack
from constructs import Construct

from stacks.retail_demographics.columns import DETECTIONS, REJECTS, VIEWS
from stacks.retail_demographics.views import saved_queries, view_sql
from stacks.settings import RetailDemographics
from stacks.shared.athena import CsvTable, GlueDatabase, QueryWorkgroup, View, projected_days
from stacks.shared.bucket import PrivateBucket
from stacks.shared.queries import pascal, purpose


class Catalog(Construct):
    """Tables over the CSV files, the views that make their values safe to use, saved queries."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        results: PrivateBucket,
        workgroup: QueryWorkgroup,
        settings: RetailDemographics,
    ) -> None:
        super().__init__(scope, construct_id)
        self.database = GlueDatabase(
            self,
            "Database",
            stack_name=Stack.of(self).stack_name,
            description="Faces seen in stores; use the views, for aggregates only.",
        )
        day = projected_days(settings.result_days)
        one_store = {"folder": "store", "type": "injected"}
        for construct_id_, name, prefix, columns, partitions, description in (
            ("Detections", "detections", "detections/", DETECTIONS, {"day": day},
             "Rows as delivered, possibly twice: ask the view faces."),
            ("DetectionsOfStore", "detections_of_store", "detections/", DETECTIONS,
             {"day": day, "store_name": one_store},
             "The same rows; a query must name one store, and reads only that."),
            ("Rejects", "rejects", "rejects/", REJECTS, {"day": day},
             "Frames that could not be analysed, possibly twice: ask rejected_frames."),
        ):  # fmt: skip
            CsvTable(
                self,
                construct_id_,
                name=name,
                description=description,
                database=self.database,
                bucket=results,
                prefix=prefix,
                columns=columns,
                partitions=partitions,
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
