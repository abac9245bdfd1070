"""An image of one's own has the library that trains, by hashes, and no rights of root."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "jobs" / "model_training"
LINES = (PACKAGE / "server.Dockerfile").read_text().replace("\\\n", " ").splitlines()


def release(path):
    (found,) = re.findall(r"^xgboost-cpu==(\S+)", path.read_text(), re.MULTILINE)
    return found


def test_it_serves_by_the_release_that_trains():
    assert release(PACKAGE / "server.in") == release(ROOT / "sandbox" / "groups" / "learning.in")
    assert release(PACKAGE / "server.txt") == release(PACKAGE / "server.in")


def test_its_base_is_chosen_by_who_builds_it_and_its_packages_by_hashes():
    assert {line for line in LINES if line.startswith("FROM")} == {
        "FROM ${PYTHON} AS packages",
        "FROM ${PYTHON}",
    }
    assert [line for line in LINES if line.startswith("ARG")] == ["ARG PYTHON"]
    (install,) = [line for line in LINES if line.startswith("RUN")]
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(install.split())


def test_it_runs_as_nobody_and_copies_code_alone():
    (user,) = [line for line in LINES if line.startswith("USER")]
    assert int(user.split()[1].partition(":")[0]) > 0
    copied = [line.split()[-2] for line in LINES if line.startswith("COPY")]
    assert copied == ["model_training/server.txt", "/packages", "model_training/*.py"]
