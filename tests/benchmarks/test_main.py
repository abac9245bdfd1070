"""What `make bench` does with names, and with what it measured."""

import sys
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as bench

KNOWN = bench.benchmarks()


@pytest.fixture
def page(tmp_path, monkeypatch):
    page = tmp_path / "benchmarks.md"
    page.write_text("\n".join(f"<!-- {n} -->\nold\n<!-- /{n} -->" for n in KNOWN))
    monkeypatch.setattr(bench, "PAGE", page)
    for name, module in KNOWN.items():
        measured = SimpleNamespace(report=lambda name=name: f"what {name} took")
        monkeypatch.setitem(sys.modules, module, measured)
    return page


def test_every_benchmark_is_found_by_its_folder():
    assert KNOWN["RetailDemographics"] == "benchmarks.retail_demographics"
    assert KNOWN["ServiceChain"] == "benchmarks.service_chain"


def test_all_parts_of_the_page_are_written(page):
    assert bench.main([], KNOWN) == 0
    assert "old" not in page.read_text()
    assert "## ServiceChain\n\nMeasured on 20" in page.read_text()


def test_one_part_leaves_the_others_alone(page):
    assert bench.main(["ServiceChain"], KNOWN) == 0
    assert "what ServiceChain took" in page.read_text()
    assert "<!-- RetailDemographics -->\nold" in page.read_text()


def test_a_name_that_is_none_is_refused_before_anything_is_measured(page, capsys):
    assert bench.main(["ServiceChain", "Nothing"], KNOWN) == 2
    told = f"there are none of Nothing; there are some of {', '.join(KNOWN)}"
    assert capsys.readouterr().err == f"benchmarks: {told}\n"
    assert page.read_text().count("old") == len(KNOWN)


@pytest.fixture
def parted(page, monkeypatch):
    """Give one benchmark two parts, each with its own place."""
    for part in ("one", "other"):
        measured = SimpleNamespace(report=lambda part=part: (f"Of {part}", f"what {part} took"))
        monkeypatch.setitem(sys.modules, part, measured)
    parts = SimpleNamespace(PARTS={"one": "one", "other": "other"})
    monkeypatch.setitem(sys.modules, KNOWN["DataLake"], parts)
    places = (f"<!-- DataLake: {part} -->\nold\n<!-- /DataLake: {part} -->" for part in parts.PARTS)
    page.write_text("\n".join(places))
    return page


def test_a_benchmark_of_parts_writes_each_into_its_own_place(parted):
    assert bench.main(["DataLake"], KNOWN) == 0
    assert "old" not in parted.read_text()
    assert "### Of other\n\nMeasured on 20" in parted.read_text()


def test_a_part_that_is_chosen_leaves_the_others_alone(parted, monkeypatch):
    monkeypatch.setenv("BENCH_PARTS", "other")
    assert bench.main(["DataLake"], KNOWN) == 0
    assert "<!-- DataLake: one -->\nold" in parted.read_text()
    assert "by `make bench BENCH=DataLake BENCH_PARTS=other`.\n\nwhat other" in parted.read_text()


def test_a_part_that_is_none_is_refused(parted, monkeypatch, capsys):
    monkeypatch.setenv("BENCH_PARTS", "one,two")
    assert bench.main(["DataLake"], KNOWN) == 1
    assert capsys.readouterr().err == (
        "benchmarks: DataLake has no parts two; there are one, other\n"
    )
    assert parted.read_text().count("old") == 2
