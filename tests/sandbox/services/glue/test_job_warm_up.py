"""Spark that is started before anybody needs it."""

import pytest

from sandbox.services.glue import jobs, spark_packages

LEFT = """\
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print(spark.conf.get("spark.sql.catalog.rehearsal", "nothing left"), spark.range(3).count())
"""


def test_a_spark_that_was_warmed_up_runs_jobs_and_has_nothing_left_of_it(
    sandbox, job, run, printed
):
    sandbox.warm_spark()
    assert (
        printed(run(job(LEFT, arguments={"--datalake-formats": "iceberg"})))[-1] == "nothing left 3"
    )
    assert "rehearsal failed" not in sandbox.server.log.read_text()


def test_where_no_spark_can_run_it_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(spark_packages, "missing", lambda: "Glue's Spark jobs need …")
    with pytest.raises(ValueError, match="Spark jobs need"):
        jobs.warm()
