"""A script for a job of Glue: it does the work of a module each time that a test asks for it."""

import sys
import traceback
from importlib import import_module
from multiprocessing.connection import Connection, Listener
from queue import SimpleQueue
from threading import Event, Thread

from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession

ENOUGH = "enough"  # what the test says that waits no more for the work
Asked = SimpleQueue[list[str] | None]


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


def hear(test: Connection, asked: Asked, enough: Event) -> None:
    """Take what the test says while the work is done."""
    while (message := test.recv()) is not None:
        if message == ENOUGH:
            enough.set()
        else:
            asked.put(message)
    asked.put(None)


def cancel(spark: SparkSession, enough: Event, over: Event) -> None:
    """Cut the work short once the test has enough; what Spark is not at goes on until it is."""
    while not over.wait(0.05):
        if enough.is_set():
            spark.sparkContext.cancelAllJobs()


if __name__ == "__main__":
    options = getResolvedOptions(sys.argv, ["module", "asked_at"])
    # Few rows: to part them takes longer than the work.
    spark = SparkSession.builder.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    with Listener(options["asked_at"], "AF_UNIX") as listener, listener.accept() as test:
        asked, enough = Asked(), Event()
        Thread(target=hear, args=(test, asked, enough), daemon=True).start()
        while (arguments := asked.get()) is not None:
            enough.clear()  # of the work before: what was said last was heard first
            over = Event()
            canceller = Thread(target=cancel, args=(spark, enough, over))
            canceller.start()
            said = attempt(options["module"], arguments)
            over.set()
            canceller.join()
            test.send(said)
