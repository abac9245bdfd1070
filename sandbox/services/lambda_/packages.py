"""The files of functions and layers, each archive unpacked and compiled once."""

import compileall
import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path

from sandbox.services.lambda_ import foreign_packages

_unpacking = threading.Lock()


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
    """Return the folder of an archive of code, whose modules load without being compiled again."""
    folder = unpacked(archive)
    with _unpacking:
        compileall.compile_dir(str(folder), quiet=2)  # what is compiled already costs nothing
    return folder


def copy_to(target: Path, archive: bytes) -> None:
    """Give one execution environment the code of its function, which it may write to."""
    shutil.copytree(compiled(archive), target)
