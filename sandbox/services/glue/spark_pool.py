"""Sparks that are kept between runs, and one that is warm before the first run."""

import contextvars
import json
import logging
import os
import subprocess
import tempfile
import threading
from pathlib import Path

from sandbox.core.upstream import responses
from sandbox.services.glue import rehearsal, script_process
from sandbox.services.glue.warm_spark import StartError, WarmSpark

_log = logging.getLogger(__name__)


class SparkPool:
    """Gives each run a Spark of its own, of those that others gave back if there is one."""

    def __init__(self, most: int) -> None:
        self._most, self._kept = most, list[WarmSpark]()
        self._lock = threading.Lock()
        self._warming: threading.Thread | None = None

    def warm(self) -> None:
        """Have a Spark ready before a run asks for one, with Iceberg's classes in it."""
        if self._warming is None:
            context = contextvars.copy_context()
            self._warming = threading.Thread(
                target=lambda: context.run(self._warm), name="spark-warm-up", daemon=True
            )
            self._warming.start()

    def take(self, *, iceberg: bool) -> WarmSpark:
        """Give a Spark that nobody else has; raises StartError."""
        if self._warming:
            self._warming.join()
        with self._lock:
            for spark in reversed(self._kept):  # the one that has compiled most
                if spark.iceberg == iceberg and spark.is_alive:
                    self._kept.remove(spark)
                    return spark
            while self._kept and len(self._kept) >= self._most:
                self._kept.pop(0).stop()
        return _start(iceberg=iceberg)

    def give_back(self, spark: WarmSpark, *, reusable: bool) -> None:
        """Keep a Spark for the next run, or end it."""
        if not reusable:
            spark.stop()
            return
        with self._lock:
            self._kept.append(spark)

    def _warm(self) -> None:
        try:
            spark = _start(iceberg=True)
        except StartError:
            _log.exception("Spark could not be warmed up")  # the first run tells its owner
            return
        self.give_back(spark, reusable=rehearse(spark))


def _start(*, iceberg: bool) -> WarmSpark:
    endpoint = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"
    return WarmSpark(iceberg=iceberg, endpoint=endpoint, region=responses.get_region())


def rehearse(spark: WarmSpark) -> bool:
    """Run the script before the first; tells whether Spark is as it was."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as folder:
        order = rehearsal.order(Path(folder))
        done = subprocess.run(  # noqa: S603 (our own module)
            script_process.INTERPRETER,
            cwd=script_process.ROOT,
            env=script_process.environment(spark, order),
            input=json.dumps(order),
            capture_output=True,
            text=True,
            check=False,
        )
        if why := script_process.failure(Path(order["result"])):
            _log.error("Spark's rehearsal failed: %s", why)
        return done.returncode == 0
