"""An app for the CDK's command line, which starts while another process writes the assembly."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from time import sleep

_POLL = 0.02


def app(folder: Path) -> str:
    """Spell the app that waits for the assembly of a folder, as long as this process lives."""
    return shlex.join([sys.executable, "-m", __name__, str(folder), str(os.getpid())])


def assembly(folder: Path) -> Path:
    """Return where the assembly is written to."""
    return folder / "assembly"


def done(folder: Path, *, well: bool) -> None:
    """Say that nothing more will be written: the assembly is whole, or there is none."""
    (folder / ("whole" if well else "failed")).touch()


def wait(folder: Path, writer: int, output: Path) -> bool:
    """Wait for the assembly, and copy it; returns whether there is one.

    ``writer`` is the process that has it written: without that there will be none.
    """
    while not (folder / "whole").exists():
        if (folder / "failed").exists() or not folder.exists() or not _lives(writer):
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
    sys.exit(not wait(Path(sys.argv[1]), int(sys.argv[2]), Path(os.environ["CDK_OUTDIR"])))
