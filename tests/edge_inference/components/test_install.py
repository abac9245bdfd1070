"""What a device installs: by hashes, once, and never half."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

COMPONENT = Path(__file__).parents[3] / "components" / "edge_inference"
# Says what it is asked for; makes what `venv` makes; fails where the test wants it to.
FAKE_PYTHON = """#!/bin/sh
echo "$0 $*" >> "$LOG"
case "$1 $2" in
  "-c import sys"*) exit "${TOO_OLD:-0}" ;;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip") exit "${PIP_FAILS:-0}" ;;
esac
"""


@pytest.fixture
def device(tmp_path):
    """Make a device with one Python, which is fake, and what a nucleus gives to the script."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python3.13").write_text(FAKE_PYTHON)
    (tools / "python3.13").chmod(0o755)
    for name in ("cmp", "cp", "mkdir", "mv", "rm"):
        (tools / name).symlink_to(str(shutil.which(name)))
    for name in ("artifacts", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "artifacts" / "requirements.txt").write_text("one==1.0\n")
    (tmp_path / "log").touch()
    return tmp_path


def install(device, **environment):
    done = subprocess.run(  # noqa: S603 - our own script
        ["/bin/sh", str(COMPONENT / "install.sh"), "artifacts", "work"],
        cwd=device,
        env={"PATH": f"{device}/tools", "LOG": f"{device}/log", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    said = (device / "log").read_text()
    (device / "log").write_text("")
    return done.returncode, said, done.stderr


def test_packages_are_installed_by_their_hashes_and_only_once(device):
    status, said, _ = install(device)
    assert status == 0
    assert "-m pip install" in said
    assert "--require-hashes -r artifacts/requirements.txt" in said
    assert "--only-binary :all:" in said
    status, said, _ = install(device)
    assert (status, "pip" in said) == (0, False)  # a restart needs no network


def test_other_packages_are_installed_anew(device):
    install(device)
    (device / "artifacts" / "requirements.txt").write_text("one==1.1\n")
    assert "-m pip install" in install(device)[1]


def test_a_broken_python_is_made_anew(device):
    install(device)
    (device / "work" / "venv" / "bin" / "python").unlink()
    assert "-m pip install" in install(device)[1]


def test_a_device_that_is_cut_off_keeps_what_it_has(device):
    install(device)
    (device / "artifacts" / "requirements.txt").write_text("one==1.1\n")
    status, _, _ = install(device, PIP_FAILS="1")
    assert status == 1
    assert (device / "work" / "venv" / "installed").read_text() == "one==1.0\n"
    assert (device / "work" / "venv" / "bin" / "python").is_file()


def test_without_a_python_that_fits_it_says_so(device):
    status, _, said = install(device, TOO_OLD="1")
    assert (status, "there is no Python 3.11 to 3.14" in said) == (1, True)


def test_all_that_is_installed_is_pinned_by_hash_for_every_python():
    text = (COMPONENT / "requirements.txt").read_text()
    pins = re.findall(r"^([a-z][\w.-]*)==(\S+)", text, re.MULTILINE)
    wanted = re.findall(
        r"^([a-z][\w.-]*)", (COMPONENT / "requirements.in").read_text(), re.MULTILINE
    )
    assert {name for name, _ in pins} >= set(wanted)
    assert text.count("--hash=sha256:") >= len(pins)
