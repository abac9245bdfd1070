"""Data lake: files and streams in, records under contracts out, with what was set aside and why."""

DESCRIPTION = (
    "Takes files and streams under contracts: Lambda types and checks each record, good ones go "
    "to the modeled zone as Parquet, bad ones to quarantine with their place and reason, and "
    "Athena queries both. See docs/data_lake.md."
)
