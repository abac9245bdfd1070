"""An archive of Spark's classes, which Java maps into memory in the place of reading them."""

# Written by ``python -m sandbox.services.glue.class_archive``, which make does where it installs
# Spark. Without one, or with one of other jars, Java reads its classes as ever.

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from sandbox.services.glue import spark_packages

_FOLDER = Path(sys.prefix) / "spark-classes"


def options() -> list[str]:
    """Give what makes a machine use the archive; nothing where there is none."""
    base, top = _files()
    return [f"-XX:SharedArchiveFile={base}:{top}"] if top.exists() else []


def make() -> None:
    """Write it, of what the rehearsal loads, unless it is newer than all jars."""
    jars = [spark_packages.spark_home() / "jars", *spark_packages.jars(iceberg=True)]
    if options() and max(jar.stat().st_mtime for jar in jars) < _files()[1].stat().st_mtime:
        return
    os.environ.setdefault("GATEWAY_PORT", "0")  # the rehearsal calls nobody
    from sandbox.services.glue.spark_pool import rehearse
    from sandbox.services.glue.warm_spark import WarmSpark

    base, top = _files()
    _FOLDER.mkdir(exist_ok=True)
    top.unlink(missing_ok=True)
    java = spark_packages.java_home() / "bin" / "java"
    dump = [str(java), "-Xshare:dump", f"-XX:SharedArchiveFile={base}"]
    subprocess.run(dump, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (our own words)
    written = top.with_suffix(".new")
    asked = [f"-XX:SharedArchiveFile={base}", f"-XX:ArchiveClassesAtExit={written}"]
    spark = WarmSpark(iceberg=True, endpoint="http://127.0.0.1:0", region="none", java=asked)
    try:
        rehearse(spark)
        spark.end()
    finally:
        spark.stop()
    written.rename(top)  # whole, or not there


def _files() -> tuple[Path, Path]:
    """Name those of Java and of Spark, which hold for jars by their place alone."""
    place = hashlib.sha256(str(spark_packages.spark_home()).encode()).hexdigest()[:8]
    return _FOLDER / f"{place}-java.jsa", _FOLDER / f"{place}-spark.jsa"


if __name__ == "__main__":
    if not spark_packages.missing():
        make()
