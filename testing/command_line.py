"""Real commands in a folder of their own: the CDK's command line and other programs of ours."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sandbox.host.deploy import command
from sandbox.host.process import tool_path

ROOT = Path(__file__).parents[1]


def run(folder: Path, words: Sequence[str], **variables: str) -> tuple[int, str]:
    """Run a program with this project's tools and no settings of the outer environment.

    Returns its exit code and all that it said.
    """
    unpacked = os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(ROOT / ".venv" / "jsii"))
    done = subprocess.run(  # noqa: S603 (words that tests write)
        words,
        cwd=folder,
        env={
            "PATH": tool_path(),
            "HOME": str(folder),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": unpacked,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout


def cdk(folder: Path, *words: str, **variables: str) -> tuple[int, str]:
    """Run the pinned command line of the CDK, compiled once for all tests."""
    return run(folder, command([*words, "--quiet", "--no-notices"]), **variables)
