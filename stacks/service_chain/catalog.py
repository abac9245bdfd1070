"""What Athena can query about documents and failures."""

from constructs import Construct

from stacks.service_chain.columns import DOCUMENTS, FAILURES, VIEWS
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.sql import sql_files
from stacks.shared.bucket import PrivateBucket
from stacks.shared.catalog import Catalog
from stacks.shared.security_baseline import SecurityBaseline
from stacks.shared.tables import json_rows, projected_days


class DocumentCatalog(Catalog):
    """Tables over the JSON files, the views that flatten and filter them, and queries."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        baseline: SecurityBaseline,
        settings: ServiceChain,
        results: PrivateBucket,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description="What recordings and texts say; the view insights is the place to start.",
            baseline=baseline,
            settings=settings,
        )
        by_day = {"day": projected_days(settings.result_days)}
        self.add_table(
            "documents",
            json_rows(DOCUMENTS),
            description="One document per object version.",
            bucket=results,
            partitions=by_day,
        )
        self.add_table(
            "failures",
            json_rows(FAILURES),
            description="One record per document that failed for good.",
            bucket=results,
            partitions=by_day,
        )
        self.add_sql(sql_files(settings), views=VIEWS)
