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
