"""An app for the CDK's command line, which starts before its assembly is there or is to be used."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from time import sleep

WRITTEN, PLAYED = "written", "played"  # moments that are waited for
_FAILED = "failed"
_POLL = 0.02


def app(folder: Path, moment: str = WRITTEN) -> str:
    """Spell the app that has a folder's assembly from a moment on, while this process lives."""
    return shlex.join([sys.executable, "-m", __name__, str(folder), str(os.getpid()), moment])


def assembly(folder: Path) -> Path:
    """Return where the assembly is written to."""
    return folder / "assembly"


def reached(folder: Path, moment: str) -> None:
    """Let go on who waits for this moment."""
    (folder / moment).touch()


def failed(folder: Path) -> None:
    """Say that no moment will come that has not come yet: who waits ends, without an assembly."""
    (folder / _FAILED).touch()


def wait(folder: Path, writer: int, output: Path, moment: str = WRITTEN) -> bool:
    """Wait for a moment, and copy the assembly; returns whether the moment came.

    ``writer`` is the process that says so: without that it will not come.
    """
    while not (folder / moment).exists():
        if (folder / _FAILED).exists() or not folder.exists() or not _lives(writer):
            return False
        sleep(_POLL)
    shutil.copytree(assembly(folder), output, dirs_exist_ok=True)
    return True


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    _folder, _writer, _moment = sys.argv[1:]
    _output = Path(os.environ["CDK_OUTDIR"])
    sys.exit(not wait(Path(_folder), int(_writer), _output, _moment))
