"""ONNX Runtime, as it is started on a device: no telemetry, no more threads than are granted."""

import os
from pathlib import Path
from typing import Any

# It looks this up once, when it is imported: afterwards nothing stops it from calling home.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

from edge_inference.detector import Session
from edge_inference.model_file import Model, ModelError
from edge_inference.processor_grant import granted, groups

_CGROUP = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def start_session(model: Model, content: bytes, threads: int = 0) -> Session:
    """Load a model from its proved bytes; 0 threads are as many as are really granted.

    It is asked once about nothing, so that a model that fails does so before it is used. Raises
    ModelError.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or granted_here()
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            content, sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its errors have no class of their own in common
        raise ModelError(
            f"{model.file} cannot be loaded: {error}; a newer runtime may have written it"
        ) from error
    names = [model.output_name]

    def run(batch: Any) -> Any:
        return session.run(names, {model.input_name: batch})[0]

    return run


def granted_here(cgroup: Path = _CGROUP, own: Path = _OWN) -> int:
    """Count the processors that this process may use, by affinity and by its cgroups."""
    quotas = []
    for group in groups(_text(own)):
        quotas.append(_text(cgroup / group / "cpu.max"))
        old = [cgroup / "cpu" / group / f"cpu.cfs_{name}_us" for name in ("quota", "period")]
        quotas.append(" ".join(_text(path).strip() for path in old))
    return granted(len(os.sched_getaffinity(0)), quotas)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
