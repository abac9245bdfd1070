"""A program: imports once what every function's runtime brings, and forks a process for each."""

# It is run as a file, with a socket to the sandbox as its only argument and the folders of layers
# behind it, and imports nothing of ours: what it has loaded, every function has loaded.

import contextlib
import gc
import json
import os
import selectors
import signal
import site
import socket
import sys
import time
import types
from pathlib import Path
from typing import Any

# What functions most often call. A model that is missing here is read by whoever needs it.
_SERVICES = ("dynamodb", "s3", "sqs", "stepfunctions")
_LONGEST_MESSAGE = 256 * 1024


def main(descriptor: int, layers: list[str]) -> None:
    """Fork a process for every request until the sandbox hangs up."""
    control = socket.socket(fileno=descriptor)
    path = list(sys.path)
    for layer in layers:
        _expose(Path(layer))
    _preload()
    sys.path[:] = path
    gc.collect()
    gc.freeze()  # or a collection in a child would copy every page that it looks at
    job = None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the sandbox has ended
        control.send(json.dumps({"ready": _loaded()}).encode())
        job = _serve(control)
    if job is not None:
        _become(*job)


def _expose(layer: Path) -> None:
    """Put a layer on the path as the functions' own bootstrap does."""
    packages = layer / "python"
    if packages.is_dir():
        sys.path.insert(0, str(packages))
        for folder in sorted(packages.glob("lib/*/site-packages")):
            site.addsitedir(str(folder))
    sys.path.insert(0, str(layer))


def _preload() -> None:
    """Import boto3, read the models, and make a client of each: much is imported only then."""
    import boto3.session
    import botocore.handlers  # noqa: F401 (the functions' bootstrap imports it)
    from botocore.loaders import JSONFileLoader, Loader

    read, models = JSONFileLoader.load_file, dict[str, Any]()
    list_services, known = Loader.list_available_services, dict[tuple[str, ...], list[str]]()

    def load_file(self: Any, file_path: str) -> Any:
        if file_path not in models:
            models[file_path] = read(self, file_path)
        return models[file_path]

    def list_available_services(self: Any, type_name: str) -> list[str]:
        where = (type_name, *self.search_paths)
        if where not in known:  # it looks into some four hundred folders
            known[where] = list_services(self, type_name)
        return list(known[where])

    JSONFileLoader.load_file = load_file
    Loader.list_available_services = list_available_services
    for service in _SERVICES:
        # A session of its own, with all that it asks for given: it looks for nothing outside.
        session = boto3.session.Session("none", "none", "none", "us-east-1")
        session.client(service)


def _loaded() -> list[str]:
    """Name what an import in a child would find already loaded, by its outermost package."""
    return sorted({name.partition(".")[0] for name in sys.modules} - {"__main__"})


def _serve(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Answer the sandbox; in a child, return what it is to become and its descriptors."""
    wake, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: set[int] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == wake:
                    os.read(wake, 512)
                    _bury(control, children)
                    continue
                message, descriptors, _, _ = socket.recv_fds(control, _LONGEST_MESSAGE, 3)
                if not message:
                    return None
                request = json.loads(message)
                if "kill" in request:
                    if request["kill"] in children:  # or the number may be another's by now
                        os.kill(request["kill"], request["signal"])
                    continue
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    os.close(woken)
                    os.close(wake)
                    control.close()
                    return request, descriptors
                for descriptor in descriptors:
                    os.close(descriptor)
                children.add(pid)
                control.send(json.dumps({"born": pid}).encode())


def _bury(control: socket.socket, children: set[int]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        children.discard(pid)
        died = {"died": pid, "status": os.waitstatus_to_exitcode(status)}
        control.send(json.dumps(died).encode())


def _become(request: dict[str, Any], descriptors: list[int]) -> None:
    """Be what a new interpreter that runs this script would be."""
    for standard, descriptor in enumerate(descriptors):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    sys.dont_write_bytecode = False  # the next one that imports a layer reads what this compiled
    script = Path(request["script"])
    sys.argv[:] = [str(script)]
    sys.path.insert(0, str(script.parent))
    program = types.ModuleType("__main__")
    program.__dict__["__file__"] = str(script)
    sys.modules["__main__"] = program
    exec(compile(script.read_text(), script, "exec"), program.__dict__)  # noqa: S102 (the bootstrap)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
