"""The process of one job run: the script as Glue runs it, with a Spark that is there already."""

import json
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

from sandbox.services.glue import job_library

_MOST_CAUSES = 5


def main(order: dict[str, Any]) -> None:
    """Run a script; what became of it is written to the file that the order names."""
    sys.path[:] = [place for place in sys.path if place != order["root"]]
    sys.path[:0] = order["python_files"]
    sys.argv = [order["script"], *order["arguments"]]
    job_library.offer()
    spark, failure = _Spark(order["properties"], Path(order["used"])), None
    try:
        runpy.run_path(order["script"], run_name="__main__")
    except SystemExit as ended:
        failure = f"SystemExit: {ended.code}" if ended.code not in (None, 0) else None
    except BaseException as error:
        traceback.print_exc()
        failure = f"{type(error).__name__}: {_said(error)}"
    spark.rest()
    sys.stdout.flush()
    Path(order["result"]).write_text(json.dumps({"failure": failure}), encoding="utf-8")


def _said(error: BaseException) -> str:
    """Tell an error of Java by its own words and those of its causes, not by its stack."""
    java, told = getattr(error, "java_exception", None), list[str]()
    while java is not None and len(told) < _MOST_CAUSES:
        told.append(str(java.toString()))
        java = java.getCause()
    return "; caused by ".join(told) or str(error)


class _Spark:
    """The warm Spark, as this run's own: its properties and keys, and nothing left of it.

    A script that asks for none says nothing to Java: the machine is as it was, even if the script
    is killed. That it asks is told by a file, before Java hears of it.
    """

    def __init__(self, properties: dict[str, str], used: Path) -> None:
        from pyspark import SparkContext

        self._context: Any = SparkContext
        self._jvm: Any = None
        self._properties, self._used = properties, used
        self._connect = self._context._ensure_initialized
        self._context._ensure_initialized = self._begin

    def _begin(self, *arguments: Any, **named: Any) -> None:
        self._used.touch()
        self._connect(*arguments, **named)
        if self._jvm is None:
            self._jvm = self._context._jvm
            for name, value in self._properties.items():
                self._jvm.java.lang.System.setProperty(name, value)

    def rest(self) -> None:
        """Stop what the run started, so that the next one begins anew."""
        if self._jvm is None:
            return
        if active := self._context._active_spark_context:
            active.stop()
        self._jvm.org.apache.spark.sql.SparkSession.clearActiveSession()
        self._jvm.org.apache.spark.sql.SparkSession.clearDefaultSession()
        self._jvm.org.apache.hadoop.fs.FileSystem.closeAll()
        for name in self._properties:
            self._jvm.java.lang.System.clearProperty(name)


if __name__ == "__main__":
    main(json.loads(sys.stdin.read()))
    os._exit(0)  # no thread of a script keeps its run from ending
