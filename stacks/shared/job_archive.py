"""The modules of a job as one file, which goes on Python's path. Pure, but for the file."""

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from stacks.shared.source_code import SHARED_CODE, shipped

FUNCTIONS = Path(__file__).parents[2] / "lambda"
JOBS = Path(__file__).parents[2] / "jobs"
BUILD = Path(__file__).parents[2] / ".build"
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same content is the same file


def archived(
    package: str,
    build: Path = BUILD,
    *,
    with_functions: bool = False,
    beside: Sequence[str] = (),
) -> Path:
    """Pack a package of ``jobs/``, others ``beside`` it, and return the file, named by its content.

    With what functions have of that package, and the code that they share, where a job does what a
    function does. The package is made a plain one: before Python 3.13 there are none without
    ``__init__`` in zips. Raises ValueError where two modules would have one place.
    """
    found = {
        f"{name}/{path.name}": path.read_bytes()
        for name in (package, *beside)
        for path in _modules(name)
    }
    for path in shipped(FUNCTIONS, package, SHARED_CODE) if with_functions else ():
        if path.as_posix() in found:
            raise ValueError(f"{path} is in lambda/ and in jobs/; give one of both another name")
        found[path.as_posix()] = (FUNCTIONS / path).read_bytes()
    for name in (package, *beside):
        found.setdefault(f"{name}/__init__.py", b"")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(found):
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), found[name])
    path = build / f"{package}-{hashlib.sha256(content.getvalue()).hexdigest()[:16]}.zip"
    build.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.getvalue())
    return path


def script_archive(package: str, module: str, build: Path = BUILD) -> Path:
    """Pack a package, and beside it the module that SageMaker's script mode runs, as a ``tar.gz``.

    The same content is the same file, which is named by it.
    """
    found = {f"{package}/{path.name}": path.read_bytes() for path in _modules(package)}
    found[f"{module}.py"] = (JOBS / package / f"{module}.py").read_bytes()
    content = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=content, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name in sorted(found):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(found[name]), 0o644
            archive.addfile(entry, io.BytesIO(found[name]))
    digest = hashlib.sha256(content.getvalue()).hexdigest()[:16]
    path = build / f"{package}-{module}-{digest}.tar.gz"
    build.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.getvalue())
    return path


def _modules(package: str) -> list[Path]:
    kinds = ("*.py", "*.schema.json")
    return sorted(path for kind in kinds for path in (JOBS / package).glob(kind))
