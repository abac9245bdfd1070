"""The database: what Athena can ask about detections and rejects."""

from aws_cdk import Stack
from constructs import Construct

from stacks.retail_demographics.columns import DETECTIONS, REJECTS, VIEWS
from stacks.retail_demographics.views import purpose, saved_queries, view_sql
from stacks.settings import RetailDemographics
from stacks.shared.athena import CsvTable, GlueDatabase, QueryWorkgroup, View
from stacks.shared.bucket import PrivateBucket


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
        day = _projected_days(settings.result_days)
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
                _pascal(name),
                name=name,
                description=purpose(sql),
                database=self.database,
                sql=sql,
                columns=types,
            )
        for name, sql in saved_queries(settings).items():
            workgroup.save_query(
                _pascal(name), name=name, description=purpose(sql), database=self.database, sql=sql
            )


def _projected_days(kept: int) -> dict[str, str]:
    """Project the days that can hold files: clocks of cameras may be a day ahead."""
    return {
        "folder": "day",
        "type": "date",
        "format": "yyyy-MM-dd",
        "range": f"NOW-{kept}DAYS,NOW+2DAYS",
        "interval": "1",
        "interval.unit": "DAYS",
    }


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
