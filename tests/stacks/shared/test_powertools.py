"""The layer is made of the pinned package, always the same, and works on its own."""

import os
import subprocess
import sys

from stacks.shared.powertools import staged_packages


def _names(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_the_same_package_gives_the_same_layer(tmp_path):
    first, second = (staged_packages(tmp_path / name) for name in ("a", "b"))
    assert first.name == second.name
    assert _names(first) == _names(second)


def test_a_layer_that_is_there_is_not_made_again(tmp_path):
    folder = staged_packages(tmp_path)
    (folder / "mark").touch()
    assert (staged_packages(tmp_path) / "mark").exists()


def test_nothing_ships_that_the_function_does_not_import(tmp_path):
    names = _names(staged_packages(tmp_path))
    assert all(name.startswith("python/") for name in names)
    assert not [n for n in names if "__pycache__" in n or "dist-info" in n or "/bin/" in n]


def test_logger_and_metrics_work_with_nothing_but_the_layer(tmp_path):
    code = (
        "import sys; from aws_lambda_powertools.logging import Logger;"
        "from aws_lambda_powertools.metrics import EphemeralMetrics;"
        "import aws_lambda_powertools as it; print(it.__file__)"
    )
    layer = staged_packages(tmp_path) / "python"
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        # Without site-packages: only the standard library and the layer.
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": str(layer), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(layer))
