"""Servers with one worker each, started for as long as they are asked."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sandbox.host.process import SandboxError
from sandbox.services.glue import spark_packages

ROOT = Path(__file__).parents[3]
HANDLERS = Path(__file__).with_name("default_handlers.py")
PACKAGES = ROOT / ".venv" / "model_servers"  # what `make bench` installs beside the others
# Python without a virtual environment: an image has no packages of the project's.
PYTHON: str = getattr(sys, "_base_executable", sys.executable)
PATIENCE = 60.0
# What SageMaker's images set for the server of their framework containers.
_PROPERTIES = """
enable_envvars_config=true
decode_input_request=false
inference_address=http://127.0.0.1:{port}
management_address=http://127.0.0.1:{port}
default_workers_per_model=1
default_service_handler=sagemaker_inference.default_handler_service
vmargs=-XX:-UseContainerSupport
"""


def path(*folders: Path) -> str:
    """Write folders as Python looks for modules in them."""
    return os.pathsep.join(map(str, folders))


def with_code(model: Path, folder: Path, *, ours: bool) -> Path:
    """Copy a model, with the handlers where a framework image looks for them."""
    shutil.copytree(model, folder)
    code = folder / "code"
    code.mkdir()
    if ours:
        package = ROOT / "jobs" / "model_training"
        shutil.copytree(package, code / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(package / "inference.py", code)
    else:
        shutil.copy(HANDLERS, code / "inference.py")
    return folder


@contextmanager
def asgi(model: Path) -> Iterator[tuple[int, int]]:
    """Start the server of ours; yields its process and port."""
    port = _free_port()
    environment = {
        "PYTHONPATH": path(ROOT / "jobs", PACKAGES),
        "SM_MODEL_DIR": str(model),
        "SAGEMAKER_BIND_TO_PORT": str(port),
    }
    command = [PYTHON, "-m", "model_training.serve_model", "--host", "127.0.0.1"]
    with _started(command, environment, model.parent, port) as pid:
        yield pid, port


@contextmanager
def multi_model_server(model: Path) -> Iterator[tuple[int, int]]:
    """Start AWS's server with its toolkit; yields its process and port."""
    port = _free_port()
    properties = model.parent / f"{model.name}.properties"
    properties.write_text(_PROPERTIES.format(port=port))
    environment = {
        "PYTHONPATH": path(model / "code", PACKAGES),
        "TEMP": str(model.parent),
    }
    logs = PACKAGES / "sagemaker_inference" / "etc" / "log4j2.xml"
    command = [
        str(spark_packages.java_home() / "bin" / "java"),
        f"-Dmodel_server_home={PACKAGES}",
        f"-Dlog4j.configurationFile=file://{logs}",
        "-XX:-UseContainerSupport",
        "-cp",
        f".:{PACKAGES / 'mms' / 'frontend'}/*",
        "com.amazonaws.ml.mms.ModelServer",
        *("--python", PYTHON),
        *("-f", str(properties)),
        *("-s", "/"),
        *("-m", f"model={model}"),
    ]
    with _started(command, environment, model.parent, port) as pid:
        yield pid, port


@contextmanager
def _started(
    command: list[str], environment: Mapping[str, str], folder: Path, port: int
) -> Iterator[int]:
    log = folder / f"{port}.log"
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 (our own commands)
            command,
            cwd=folder,
            env={**os.environ, **one, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            _await(process, port, log)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SandboxError(f"a server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    """Find a port that AWS's server takes: none above 32767."""
    for port in range(18080, 32767):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise SandboxError("no port between 18080 and 32767 is free")
