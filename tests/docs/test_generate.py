"""The generated pages are those in the tree."""

from app import build_app  # noqa: F401 - first of ours: it chooses the Node that aws_cdk starts
from docs.generate import EVERY_RULE, generated


def test_generated_pages_are_those_in_the_tree(synthesize):
    for path, text in generated(synthesize(overrides=EVERY_RULE)).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run make docs"
