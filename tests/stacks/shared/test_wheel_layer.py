"""A layer of wheels: for the functions' machine, pinned, within Lambda's size, made once."""

from pathlib import Path

import pytest

from sandbox.services.lambda_.foreign_packages import runs_here
from stacks.shared import wheel_layer
from stacks.shared.function import CODE_ROOT
from stacks.shared.wheel_layer import WheelError, staged_wheels

ROOT = Path(__file__).parents[3]
REQUIREMENTS = sorted(CODE_ROOT.glob("*/requirements.txt"))
MOST_BYTES = 250 * 1024**2  # of a function and all its layers, unzipped


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.parent.name)
def test_a_layer_fits_and_is_for_the_machine_that_functions_run_on(path):
    layer = staged_wheels(path)
    assert sum(p.stat().st_size for p in layer.rglob("*")) < MOST_BYTES / 2
    (wheel,) = layer.glob("python/*.dist-info/WHEEL")
    tags = [
        line.removeprefix("Tag: ") for line in wheel.read_text().splitlines() if "Tag: " in line
    ]
    assert all(tag.endswith("aarch64") for tag in tags)
    assert not runs_here([tag.replace("aarch64", "elsewhere") for tag in tags])


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.parent.name)
def test_what_functions_import_is_what_the_tests_and_the_emulator_have(path):
    locked = (ROOT / "requirements-dev.txt").read_text().splitlines()
    wanted = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert wanted
    assert "\n".join(wanted) in "\n".join(locked)


def test_a_layer_that_is_there_is_not_fetched_again(tmp_path, monkeypatch):
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("nothing==1\n")
    monkeypatch.setattr(wheel_layer, "_fetch", lambda _file, folder, *_: folder.mkdir())
    (tmp_path / "build").mkdir()
    made = _staged(wanted, tmp_path)
    (made / "mark").touch()
    assert (_staged(wanted, tmp_path) / "mark").exists()


def test_what_cannot_be_had_is_told_in_pips_words(tmp_path):
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("no requirement at all\n")
    with pytest.raises(WheelError, match=r"could not be had.*Invalid requirement"):
        staged_wheels(wanted, tmp_path / "build")


def _staged(wanted, folder):
    return staged_wheels(wanted, folder / "build")
