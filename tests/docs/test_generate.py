"""The generated pages are those in the tree."""

from app import build_app  # noqa: F401 - first of ours: it chooses the Node that aws_cdk starts
from docs import generate
from docs.generate import EVERY_RULE, architectures, generated


def test_generated_pages_are_those_in_the_tree(synthesize):
    for path, text in generated(synthesize(overrides=EVERY_RULE)).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run make docs"


def test_an_architecture_needs_neither_costs_nor_a_demo(tmp_path, monkeypatch):
    (tmp_path / "toy.md").write_text("# Toy")
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    assert list(architectures(tmp_path)) == []


def test_each_architecture_with_costs_and_a_demo_has_a_page_and_a_picture(synthesize):
    written = {path.name for path, _ in architectures(synthesize(overrides=EVERY_RULE))}
    names = {path.stem for path in generate.DOCS.glob("*_*.md")}
    pages = {f"{name}.{kind}" for name in names for kind in ("md", "svg")}
    assert written == {*pages, "data_lake_run.svg", "model_hosting_break_even.svg"}
