"""A layer with machine code for another machine runs with the very same package of this one."""

import platform
import sys
from importlib.metadata import version

import pytest

from sandbox.services.lambda_.foreign_packages import ForeignPackageError, leave_out, runs_here

OURS = f"cp{sys.version_info.major}{sys.version_info.minor}"
MACHINE = platform.machine()
FOREIGN = "riscv64"


def layer_with(folder, name, number, tag):
    packages = folder / "python"
    info = packages / f"{name}-{number}.dist-info"
    info.mkdir(parents=True)
    (packages / name).mkdir()
    for path in (f"{name}/__init__.py", f"_{name}.abi3.so"):
        (packages / path).write_text("")
    (packages / "other.py").write_text("")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")
    (info / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")
    (info / "RECORD").write_text(f"{name}/__init__.py,,\n_{name}.abi3.so,,\n../../escape,,\n")
    return packages


def names(packages):
    return {path.name for path in packages.rglob("*") if path.is_file()}


def test_what_is_here_in_the_same_version_stands_in(tmp_path):
    tag = f"cp312-abi3-manylinux_2_28_{FOREIGN}"
    packages = layer_with(tmp_path, "duckdb", version("duckdb"), tag)
    leave_out(tmp_path)
    assert not {"__init__.py", "_duckdb.abi3.so"} & names(packages)
    assert "other.py" in names(packages)


@pytest.mark.parametrize(("name", "number"), [("duckdb", "0.0.1"), ("nowhere", "1.0")])
def test_anything_else_is_refused_by_name(tmp_path, name, number):
    layer_with(tmp_path, name, number, f"cp312-abi3-manylinux_2_28_{FOREIGN}")
    with pytest.raises(ForeignPackageError, match=f"{name} {number} for cp312-abi3"):
        leave_out(tmp_path)


@pytest.mark.parametrize("tag", ["py3-none-any", f"{OURS}-{OURS}-manylinux_2_17_{MACHINE}"])
def test_what_runs_here_is_left_alone(tmp_path, tag):
    packages = layer_with(tmp_path, "nowhere", "1.0", tag)
    before = names(packages)
    leave_out(tmp_path)
    assert names(packages) == before


def test_a_stable_interface_runs_on_a_newer_python_and_not_on_an_older_one():
    assert runs_here([f"cp38-abi3-manylinux_2_17_{MACHINE}"])
    assert not runs_here([f"cp399-abi3-manylinux_2_17_{MACHINE}"])
    assert not runs_here([f"cp38-cp38-manylinux_2_17_{MACHINE}"])
