"""The modules of a job as one zip, which Glue puts on Python's path. Pure, but for the file."""

import hashlib
import io
import zipfile
from pathlib import Path

JOBS = Path(__file__).parents[2] / "jobs"
BUILD = Path(__file__).parents[2] / ".build"
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same content is the same file


def archived(package: str, build: Path = BUILD) -> Path:
    """Pack a package of ``jobs/``, and return the file, named by its content.

    The package is made a plain one: before Python 3.13 there are none without ``__init__`` in zips.
    """
    found = {f"{package}/{path.name}": path.read_bytes() for path in _modules(package)}
    found.setdefault(f"{package}/__init__.py", b"")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(found):
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), found[name])
    path = build / f"{package}-{hashlib.sha256(content.getvalue()).hexdigest()[:16]}.zip"
    build.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.getvalue())
    return path


def _modules(package: str) -> list[Path]:
    kinds = ("*.py", "*.schema.json")
    return sorted(path for kind in kinds for path in (JOBS / package).glob(kind))
