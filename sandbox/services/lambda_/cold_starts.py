"""How an execution environment of a Python function begins: forked, with its runtime loaded."""

import contextlib
import contextvars
import io
import json
import os
import queue
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.core import in_flight, patching
from sandbox.core.upstream import responses
from sandbox.services.lambda_ import forked, packages
from sandbox.services.lambda_.foreign_packages import ForeignPackageError
from sandbox.services.lambda_.forked import ForkServer
from sandbox.services.lambda_.upstream import lambda_runtime, lambda_svc

_MOST_SERVERS = 4  # each holds some 60 MB
# So long a process may do nothing while others are begun; the first of each function is kept.
_IDLE_SECONDS = 3.0
# Read when an interpreter starts, or by what is loaded before a function is: whoever sets one of
# these gets an interpreter of its own.
READ_AT_START = (
    *("PYTHON", "LANG", "LC_", "LD_", "MALLOC_", "GLIBC_", "OPENSSL_"),
    *("BOTO_", "AWS_NEW_RETRIES_", "HOME"),
)

_servers: dict[tuple[Path, ...], ForkServer] = {}
_unfit: set[tuple[Path, ...]] = set()  # layers beside which boto3 cannot be imported
_choosing = threading.Lock()
_reaping = threading.Lock()


def install() -> None:
    """Fork the processes of Python functions, where the operating system can."""
    in_flight.watch("function", lambda: lambda_runtime.workers_in_use())
    if forked.IS_POSSIBLE:
        patching.wrap(
            lambda_runtime,
            "Worker._spawn",
            _spawn,
            because="a Python function's process is forked from one that has boto3 loaded",
        )


def make_ready(config: Mapping[str, Any], archive: bytes) -> threading.Thread:
    """Load in the background what a function's first environment wants, as AWS does beforehand.

    What is wrong with the function is said by its first invocation.
    """

    def load() -> None:
        with contextlib.suppress(OSError, ValueError, zipfile.BadZipFile, ForeignPackageError):
            packages.compiled(archive)
            _server(_layers(config))

    # In a context of its own: a layer is looked up by the account and Region of the request.
    run = contextvars.copy_context().run
    thread = threading.Thread(target=run, args=(load,), name="lambda-make-ready", daemon=True)
    if forked.IS_POSSIBLE and _is_python(config):
        thread.start()
    return thread


def _spawn(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def spawn(worker: Any) -> None:
        config = worker.config
        variables = {
            name: value
            for name, value in config.get("Environment", {}).get("Variables", {}).items()
            if name not in lambda_runtime._RESERVED_RUNTIME_ENV_VARS
        }
        if not _is_python(config) or any(name.startswith(READ_AT_START) for name in variables):
            return original(worker)
        layers = _layers(config)
        server = _server(layers)
        if server is None or server.loaded & _module_names(worker.code_zip):
            return original(worker)  # it brings what would be there before it, such as a boto3
        _end_idle()
        if worker._tmpdir:
            shutil.rmtree(worker._tmpdir, ignore_errors=True)
        worker._tmpdir = tempfile.mkdtemp(prefix=f"lambda-{worker.func_name}-")
        code = Path(worker._tmpdir, "code")
        packages.link_to(code, worker.code_zip)
        environment = _environment(config, variables, code, layers)
        worker._proc = server.fork(_script(), code, environment)
        return _initialize(worker, code, variables)

    return spawn


def _is_python(config: Mapping[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


def _end_idle() -> None:
    """Give back the memory of what a crowd has left behind, where the next one comes along."""

    def reap() -> None:
        try:
            lambda_runtime.reap_idle_workers(_IDLE_SECONDS)
        finally:
            _reaping.release()

    if _reaping.acquire(blocking=False):
        threading.Thread(target=reap, name="ministack-lambda-reaper", daemon=True).start()


def _layers(config: Mapping[str, Any]) -> tuple[Path, ...]:
    archives = [lambda_svc._resolve_layer_zip(layer) for layer in config.get("Layers", [])]
    return tuple(packages.unpacked(archive) for archive in archives if archive)


def _server(layers: tuple[Path, ...]) -> ForkServer | None:
    """Find the fork server that has these layers, or start one in place of the longest unused."""
    with _choosing:
        server = _servers.pop(layers, None)
        if layers in _unfit:
            return None
        if server is None or not server.is_alive:
            try:
                server = ForkServer(layers)
            except RuntimeError:
                _unfit.add(layers)
                return None
        _servers[layers] = server
        for old in list(_servers)[:-_MOST_SERVERS]:
            if _servers[old].is_idle:
                _servers.pop(old).close()
        return server


def _module_names(archive: bytes) -> set[str]:
    """Name what can be imported from the root of an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        return {name.partition("/")[0].partition(".")[0] for name in zipped.namelist()}


def _script() -> Path:
    """Write the program that every execution environment runs, once."""
    script = Path(tempfile.gettempdir(), "lambda-bootstrap", "bootstrap.py")
    if not script.exists():
        script.parent.mkdir(exist_ok=True)
        scratch = script.with_suffix(f".{threading.get_ident()}")
        scratch.write_text(lambda_runtime._PYTHON_WORKER_SCRIPT)
        scratch.replace(script)
    return script


def _environment(
    config: Mapping[str, Any], variables: Mapping[str, str], code: Path, layers: tuple[Path, ...]
) -> dict[str, str]:
    """Compose what the emulator's own processes see.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    _, region = lambda_runtime._account_region_from_function_config(config)
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        lambda_runtime.HOST_PREFIX_ENV: "true",
        "LAMBDA_TASK_ROOT": str(code),
        "AWS_LAMBDA_FUNCTION_NAME": config.get("FunctionName", ""),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_LOG_STREAM_NAME": responses.new_uuid(),
        "_LAMBDA_FUNCTION_ARN": config.get("FunctionArn", ""),
        "_LAMBDA_TIMEOUT": str(config.get("Timeout", 30)),
        **os.environ,
        **variables,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **lambda_runtime.execution_credentials(config),
        "_LAMBDA_LAYERS_DIRS": os.pathsep.join(map(str, layers)),
    }


def _initialize(worker: Any, code: Path, variables: Mapping[str, str]) -> None:
    """Have the module of the handler imported. Raises ``RuntimeError`` when that fails."""
    config, process = worker.config, worker._proc
    worker._stderr_queue = queue.Queue()
    worker._stderr_thread = threading.Thread(target=worker._read_stderr, daemon=True)
    worker._stderr_thread.start()
    module, _, handler = str(config.get("Handler", "index.handler")).rpartition(".")
    optimized = (config.get("SnapStart") or {}).get("OptimizationStatus") == "On"
    said = {
        "code_dir": str(code),
        "module": module.replace("/", "."),
        "handler": handler,
        "env": variables,
        "function_name": config.get("FunctionName", ""),
        "memory": config.get("MemorySize", 128),
        "arn": config.get("FunctionArn", ""),
        "snapstart": optimized,
    }
    process.stdin.write(json.dumps(said) + "\n")
    answer = json.loads(process.stdout.readline() or "{}")
    if answer.get("status") != "ready":
        worker._stderr_thread.join(1)
        reason = answer.get("error") or f"its process ended. stderr: {worker._drain_stderr()}"
        raise RuntimeError(f"Worker init failed: {reason}")
    worker._start_time = time.time()
