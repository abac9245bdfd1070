"""A Spark for tests of the jobs' code: 3.5 with Iceberg, as in the sandbox, or 4.1 without."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.services.glue import spark_packages, spark_properties

_CATALOG = "spark.sql.catalog.glue_catalog"
_SETTINGS = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "768m",
    "spark.driver.extraJavaOptions": spark_properties.JAVA,
    "spark.sql.shuffle.partitions": "2",
    # So few rows are sooner computed than Java is written and compiled for them.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
}
# Spark 4 asks for a module for vectors, which Java from PyPI lacks, and does without it.
_JAVA = """\
#!/bin/sh
for each; do shift; case $each in --add-modules=*) ;; *) set -- "$@" "$each" ;; esac; done
exec {java} "$@"
"""


def has_iceberg() -> bool:
    """Tell whether there is an Iceberg for the Spark that is installed: PyPI has none for 4."""
    from pyspark import __version__

    return str(__version__).startswith("3.")


@contextmanager
def started(folder: Path) -> Iterator[Any]:
    """Start a session whose tables, if any, lie in a folder."""
    from pyspark.sql import SparkSession

    own = {"spark.local.dir": str(folder), **(_iceberg(folder) if has_iceberg() else {})}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_HOME", str(_java_home(folder)))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # what tasks import is the test's
        builder = SparkSession.builder
        for name, value in {**_SETTINGS, **own}.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def _iceberg(folder: Path) -> dict[str, str]:
    return {
        "spark.jars": ",".join(map(str, spark_packages.iceberg_jars())),
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        _CATALOG: "org.apache.iceberg.spark.SparkCatalog",
        f"{_CATALOG}.type": "hadoop",
        f"{_CATALOG}.warehouse": str(folder / "warehouse"),
        f"{_CATALOG}.cache-enabled": "false",
    }


def _java_home(folder: Path) -> Path:
    if has_iceberg():
        return spark_packages.java_home()
    java = folder / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    real = spark_packages.java_home() / "bin" / "java"
    java.write_text(_JAVA.format(java=shlex.quote(str(real))), encoding="utf-8")
    java.chmod(0o755)
    return java.parents[1]
