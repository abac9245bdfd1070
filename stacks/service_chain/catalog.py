"""What Athena can ask about documents and failures."""

from stacks.service_chain.columns import DOCUMENTS, FAILURES, VIEWS
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.sql import sql_files
from stacks.shared.catalog import Catalog
from stacks.shared.tables import json_rows, projected_days


def catalog_documents(catalog: Catalog, settings: ServiceChain) -> None:
    """Add tables over the JSON files, the views that flatten and filter them, and queries."""
    by_day = {"day": projected_days(settings.result_days)}
    catalog.add_table(
        "documents",
        json_rows(DOCUMENTS),
        description="One document per object version.",
        partitions=by_day,
    )
    catalog.add_table(
        "failures",
        json_rows(FAILURES),
        description="One record per document that failed for good.",
        partitions=by_day,
    )
    catalog.add_sql(sql_files(settings), views=VIEWS)
