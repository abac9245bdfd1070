"""What Athena can query about detections and rejects."""

from constructs import Construct

from stacks.retail_demographics.columns import DETECTIONS, REJECTS, VIEWS
from stacks.retail_demographics.settings import RetailDemographics
from stacks.retail_demographics.sql import sql_files
from stacks.shared.bucket import PrivateBucket
from stacks.shared.catalog import Catalog
from stacks.shared.security_baseline import SecurityBaseline
from stacks.shared.tables import csv_rows, projected_days


class FaceCatalog(Catalog):
    """Tables over the CSV files, the views that make their values safe to use, and queries."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        baseline: SecurityBaseline,
        settings: RetailDemographics,
        results: PrivateBucket,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Faces seen in stores; use the views, for aggregates only.",
            baseline=baseline,
            settings=settings,
        )
        day = projected_days(settings.result_days)
        self.add_table(
            "detections",
            csv_rows(DETECTIONS),
            description="Rows as delivered, possibly twice: ask the view faces.",
            bucket=results,
            partitions={"day": day},
        )
        self.add_table(
            "detections_of_store",
            csv_rows(DETECTIONS),
            description="The same rows; a query must name one store, and reads only that.",
            bucket=results,
            partitions={"day": day, "store_name": {"folder": "store", "type": "injected"}},
            folder="detections",
        )
        self.add_table(
            "rejects",
            csv_rows(REJECTS),
            description="Frames that could not be analysed, possibly twice: ask rejected_frames.",
            bucket=results,
            partitions={"day": day},
        )
        self.add_sql(sql_files(settings), views=VIEWS)
