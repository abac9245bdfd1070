"""What Athena can ask about detections and rejects."""

from stacks.retail_demographics.columns import DETECTIONS, REJECTS, VIEWS
from stacks.retail_demographics.settings import RetailDemographics
from stacks.retail_demographics.sql import sql_files
from stacks.shared.catalog import Catalog
from stacks.shared.tables import csv_rows, projected_days


def catalog_frames(catalog: Catalog, settings: RetailDemographics) -> None:
    """Add tables over the CSV files, the views that make their values safe to use, and queries."""
    day = projected_days(settings.result_days)
    catalog.add_table(
        "detections",
        csv_rows(DETECTIONS),
        description="Rows as delivered, possibly twice: ask the view faces.",
        partitions={"day": day},
    )
    catalog.add_table(
        "detections_of_store",
        csv_rows(DETECTIONS),
        description="The same rows; a query must name one store, and reads only that.",
        partitions={"day": day, "store_name": {"folder": "store", "type": "injected"}},
        folder="detections",
    )
    catalog.add_table(
        "rejects",
        csv_rows(REJECTS),
        description="Frames that could not be analysed, possibly twice: ask rejected_frames.",
        partitions={"day": day},
    )
    catalog.add_sql(sql_files(settings), views=VIEWS)
