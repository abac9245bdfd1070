"""A script for a job of Glue: it does the work of a module each time that a test asks for it."""

import sys
import traceback
from importlib import import_module
from multiprocessing.connection import Listener

from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession


def attempt(module: str, arguments: list[str]) -> str:
    """Do the work, and tell what went wrong, causes included; nothing if nothing did."""
    try:
        import_module(module).main([*sys.argv, *arguments])  # of two alike, the last one counts
    except Exception as error:
        told, cause = [traceback.format_exc()], getattr(error, "java_exception", None)
        cause = cause or getattr(error, "_origin", None)
        while cause is not None:  # what Java says, by which a right is named that lacks
            told.append(str(cause.toString()))
            cause = cause.getCause()
        return "\n".join(told)
    return ""


if __name__ == "__main__":
    options = getResolvedOptions(sys.argv, ["module", "asked_at"])
    # Few rows: to part them takes longer than the work.
    SparkSession.builder.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    with Listener(options["asked_at"], "AF_UNIX") as listener, listener.accept() as test:
        while (arguments := test.recv()) is not None:
            test.send(attempt(options["module"], arguments))
