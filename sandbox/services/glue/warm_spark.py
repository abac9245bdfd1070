"""A Java machine with Spark in it, kept between job runs: starting one takes seconds."""

import contextlib
import os
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox.services.glue import class_archive, spark_packages, spark_properties

_START_SECONDS = 60
Line = Callable[[str], None]


class StartError(Exception):
    """Spark did not start; the message is what it said."""


class WarmSpark:
    """One Java machine, which one run at a time uses; it ends with the process that made it.

    ``java`` are options in the place of those that let it use the archive of classes.
    """

    def __init__(
        self, *, iceberg: bool, endpoint: str, region: str, java: Sequence[str] | None = None
    ) -> None:
        self.iceberg = iceberg
        self._folder = tempfile.TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True)
        self._tell: Line | None = None
        folder = Path(self._folder.name)
        home, told = spark_packages.spark_home(), folder / "gateway"
        extra = os.pathsep.join(map(str, spark_packages.jars(iceberg=iceberg)))
        # The archive is of a class path with Iceberg.
        java = java if java is not None else class_archive.options() if iceberg else []
        properties = spark_properties.write(
            folder,
            java,
            {
                **spark_properties.MACHINE,
                **spark_properties.storage(endpoint, region),
                "spark.driver.extraClassPath": extra,
                "spark.local.dir": str(folder),
            },
        )
        self._process = subprocess.Popen(  # noqa: S603 (Spark's own script, no outside input)
            [
                str(home / "bin" / "spark-submit"),
                *("--properties-file", str(properties), "pyspark-shell"),
            ],
            cwd=folder,
            env={
                **os.environ,
                "JAVA_HOME": str(spark_packages.java_home()),
                "SPARK_HOME": str(home),
                "SPARK_CONF_DIR": str(home / "conf"),  # is not there
                "_PYSPARK_DRIVER_CONN_INFO_PATH": str(told),
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_REGION": region,
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            stdin=subprocess.PIPE,  # the operating system closes it when we end, and it ends then
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self._listen, name="spark (_read)", daemon=True).start()
        self.port, self.secret = self._gateway(told)

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def tell(self, line: Line | None) -> None:
        """Have what it logs from here on given to ``line``."""
        self._tell = line

    def end(self) -> None:
        """Let it end by itself, and wait for that."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._folder.cleanup()

    def _listen(self) -> None:
        for line in self._process.stderr or ():
            if tell := self._tell:
                tell(line.rstrip("\n"))

    def _gateway(self, told: Path) -> tuple[int, str]:
        """Wait until it says where Python reaches it, and the secret that Python has to know."""
        said: list[str] = []
        self.tell(said.append)
        end = time.monotonic() + _START_SECONDS
        while not told.exists():
            if not self.is_alive or time.monotonic() > end:
                self.stop()
                raise StartError("Spark did not start: " + " ".join(said)[-1000:])
            time.sleep(0.02)
        self.tell(None)
        content = told.read_bytes()
        port, size = struct.unpack(">ii", content[:8])
        return port, content[8 : 8 + size].decode()
