"""Which names are taken, and what is said of others."""

import shutil
from pathlib import Path

import pytest

from scaffold.__main__ import main
from scaffold.skeleton import CHANGES, ScaffoldError, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path):
    """Copy the files that all architectures share, and nothing else."""
    for name in CHANGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", ["", "Lake", "lake", "data-lake", "../lake_", "data_", "x_" * 21])
def test_a_name_that_is_no_phrase_in_snake_case_is_refused(root, name):
    with pytest.raises(ScaffoldError, match="allowed: two words or more in snake_case"):
        write(root, name)


def test_a_name_that_is_taken_is_refused_and_nothing_is_written(root):
    write(root, "data_lake")
    before = (root / "README.md").read_text()
    with pytest.raises(ScaffoldError, match="data_lake is taken by"):
        write(root, "data_lake")
    assert (root / "README.md").read_text() == before


def test_a_shared_file_that_looks_otherwise_is_named_before_anything_is_written(root):
    (root / "README.md").write_text("no table")
    with pytest.raises(ScaffoldError, match="put it in by hand"):
        write(root, "data_lake")
    assert not (root / "stacks" / "data_lake").exists()


@pytest.mark.parametrize("arguments", [[], ["one_name", "another_name"], ["Lake"]])
def test_a_person_reads_one_line(arguments, capsys):
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
