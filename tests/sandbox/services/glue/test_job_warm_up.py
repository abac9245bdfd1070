"""Spark that is started before anybody needs it."""

from pathlib import Path

import pytest

from sandbox.services.glue import class_archive, jobs, spark_packages

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


@pytest.mark.skipif(not class_archive.options(), reason="`make` has not written the archive")
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what is mapped")
def test_its_classes_come_from_the_archive_that_was_installed(sandbox, job, run):
    run(job("print('here')", arguments={"--datalake-formats": "iceberg"}))
    (option,) = class_archive.options()
    maps = [each.read_text() for each in Path("/proc").glob("[0-9]*/maps") if is_java(each)]
    name = Path(option.rpartition(":")[2]).name
    assert any(name in text for text in maps)


def is_java(maps):
    try:
        return (maps.parent / "comm").read_text().strip() == "java"
    except OSError:  # it has ended
        return False


def test_where_no_spark_can_run_it_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(spark_packages, "missing", lambda: "Glue's Spark jobs need …")
    with pytest.raises(ValueError, match="Spark jobs need"):
        jobs.warm()
