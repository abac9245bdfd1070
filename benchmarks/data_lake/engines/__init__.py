"""The merge of the job by Spark, and the same by pandas and DuckDB."""
