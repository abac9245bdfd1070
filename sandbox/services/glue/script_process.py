"""The process that a script runs in: its command, its environment, what became of it."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.core.upstream import responses
from sandbox.host.environment import client_environment
from sandbox.services.glue.warm_spark import WarmSpark

ROOT = Path(__file__).parents[3]
INTERPRETER = (sys.executable, "-m", "sandbox.services.glue.interpreter")


def environment(spark: WarmSpark, order: dict[str, Any]) -> dict[str, str]:
    """Name Spark, the emulator and the keys to a script."""
    return {
        **os.environ,
        **known_to_tasks(order["credentials"], order["python_files"]),
        "PYSPARK_GATEWAY_PORT": str(spark.port),
        "PYSPARK_GATEWAY_SECRET": spark.secret,
        "PYSPARK_PYTHON": sys.executable,
    }


def known_to_tasks(credentials: Mapping[str, str], python_files: Sequence[str]) -> dict[str, str]:
    """Name the emulator, the keys and the job's modules to whatever runs the job's Python."""
    return {
        **client_environment(int(os.environ["GATEWAY_PORT"])),
        **credentials,
        "AWS_REGION": responses.get_region(),
        "PYTHONPATH": os.pathsep.join(python_files),
    }


def failure(result: Path) -> str | None:
    """Tell why a script failed; None where it did not."""
    try:
        told = json.loads(result.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "Command failed: the script's process ended without a result"
    return str(told["failure"])[:2048] if told["failure"] else None
