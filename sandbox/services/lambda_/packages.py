"""The files of functions and layers, each archive unpacked and compiled once."""

import compileall
import hashlib
import io
import os
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path

from sandbox.services.lambda_ import foreign_packages

_unpacking = threading.Lock()
_ready: set[Path] = set()  # folders with compiled code that nobody writes to


def unpacked(archive: bytes) -> Path:
    """Return the folder with an archive's files, which all who have the same archive share.

    Raises ``zipfile.BadZipFile`` or, for a name that leads out of the folder, ``ValueError``;
    ``ForeignPackageError`` for machine code that cannot run here.
    """
    folder = Path(tempfile.gettempdir(), "lambda-packages", hashlib.sha256(archive).hexdigest())
    with _unpacking:
        if not folder.is_dir():
            scratch = folder.with_suffix(".new")
            shutil.rmtree(scratch, ignore_errors=True)
            with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
                for name in zipped.namelist():
                    if not (scratch / name).resolve().is_relative_to(scratch.resolve()):
                        raise ValueError(f"the archive's entry {name!r} leads out of its folder")
                zipped.extractall(scratch)
            foreign_packages.leave_out(scratch)
            scratch.rename(folder)
    return folder


def compiled(archive: bytes) -> Path:
    """Return the folder of an archive of code, compiled once, whose files nobody writes to."""
    folder = unpacked(archive)
    with _unpacking:
        if folder not in _ready:
            compileall.compile_dir(str(folder), quiet=2)
            for file in filter(Path.is_file, folder.rglob("*")):
                file.chmod(file.stat().st_mode & ~0o222)
            _ready.add(folder)
    return folder


def link_to(target: Path, archive: bytes) -> None:
    """Give one execution environment the code of its function, in a folder that it may write to.

    To make so many files costs more than all else of a start: they are those of the archive, of
    which a function may change none, as on AWS.
    """
    shutil.copytree(compiled(archive), target, copy_function=os.link)
