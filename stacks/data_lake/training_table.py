"""The table of training rows as it was first made. Pure."""

from stacks.data_lake import iceberg_table

# Never changed: the job adds what its code has by now, and drops what it has no more.
FIRST_COLUMNS = {
    **dict.fromkeys(("visit_id", "visitor", "store"), "string"),
    "moment": "timestamp",
    **dict.fromkeys(("hour", "weekday"), "int"),
    **dict.fromkeys(("seconds", "zones", "basket_touches"), "bigint"),
    "temperature": "double",
    **dict.fromkeys(("store_code", "age_band_code"), "int"),
    **dict.fromkeys(("store_visits", "store_receipts"), "bigint"),
    **dict.fromkeys(("store_receipts_per_visit", "store_mean_amount"), "double"),
    **dict.fromkeys(("visitor_visits", "visitor_receipts"), "bigint"),
    "visitor_hours_since": "double",
    "label": "int",
    "split": "string",
}
PROPERTIES = {
    # Rows come in the order that they are to be written in.
    "write.distribution-mode": "none",
    **iceberg_table.PROPERTIES,
}
