"""Wheels pinned by their hashes, for another machine: a layer of functions, or files for a job."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.shared.powertools import BUILD
from stacks.shared.runtime import ARCHITECTURE, RUNTIME

# What Amazon Linux 2023, on which the runtime stands, can load.
PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}  # Lambda's words, and those of wheels


class WheelError(ValueError):
    """Wheels cannot be had; its text is meant for a person."""


class WheelLayer(lambda_.LayerVersion):
    """The packages that a file of requirements pins, as the functions' machine runs them.

    No Docker: pip fetches wheels for a machine that is not this one, and refuses what has another
    hash, or would have to be compiled. They are kept in ``.build`` by the file's content.
    """

    def __init__(self, scope: Construct, construct_id: str, *, requirements: Path) -> None:
        super().__init__(
            scope,
            construct_id,
            code=lambda_.Code.from_asset(str(staged_wheels(requirements))),
            compatible_architectures=[ARCHITECTURE],
            compatible_runtimes=[RUNTIME],
            description=f"The packages of {requirements.parent.name}/{requirements.name}",
            removal_policy=RemovalPolicy.DESTROY,
        )


def staged_wheels(
    requirements: Path,
    build: Path = BUILD,
    *,
    architecture: str = ARCHITECTURE.name,
    python: str = RUNTIME.name.removeprefix("python"),
) -> Path:
    """Fetch and unpack the wheels, once, and return their folder.

    Raises WheelError with what pip said where one cannot be had.
    """
    machine = MACHINES[architecture]
    told = f"{machine}\0{python}\0{requirements.read_text(encoding='utf-8')}"
    target = build / f"wheels-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    if target.is_dir():
        return target
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as scratch:
        Path(scratch, "layer", "python").mkdir(parents=True)
        _fetch(requirements, Path(scratch, "wheels"), machine, python)
        for wheel in sorted(Path(scratch, "wheels").glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(Path(scratch, "layer", "python"))
        _keep(Path(scratch, "layer"), target)
    return target


def fetched_wheels(
    requirements: Path, machine: str, python: str, build: Path = BUILD
) -> list[Path]:
    """Fetch the wheels as they are, once, for a machine as wheels call it, and list them.

    Raises WheelError with what pip said where one cannot be had.
    """
    told = f"files\0{machine}\0{python}\0{requirements.read_text(encoding='utf-8')}"
    target = build / f"wheels-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    if not target.is_dir():
        build.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=build) as scratch:
            _fetch(requirements, Path(scratch, "wheels"), machine, python)
            _keep(Path(scratch, "wheels"), target)
    return sorted(target.glob("*.whl"))


def _keep(made: Path, target: Path) -> None:
    try:
        made.replace(target)
    except OSError:
        if not target.is_dir():  # else another synth was quicker, with the same files
            raise


def _fetch(requirements: Path, folder: Path, machine: str, python: str) -> None:
    platforms = [word for name in PLATFORMS for word in ("--platform", f"{name}_{machine}")]
    done = subprocess.run(  # noqa: S603 (our own interpreter, a file of the project)
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--require-hashes", "--only-binary", ":all:", *platforms),
            *("--implementation", "cp", "--python-version", python),
            *("--requirement", str(requirements), "--dest", str(folder)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WheelError(
            f"the wheels of {requirements} could not be had: "
            f"{' '.join(done.stderr.split())[-500:]}; synthesize where pip reaches its index, "
            "once: .build keeps them"
        )
