"""The page of the rules is generated, and as it would be generated now."""

import re
from pathlib import Path

from guardrails.ml_lens import RULES
from guardrails.rule_page import page

PAGE = Path(__file__).parents[2] / "docs" / "guardrails.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page()


def test_each_rule_has_a_row_with_an_example_that_it_finds():
    rows = re.findall(r"^\| ([A-Z]+\d) \|.*\| `[A-Za-z:0-9]+`: .+\|", page(), re.MULTILINE)
    assert sorted(rows) == sorted(rule.id.removeprefix("MlLens-") for rule in RULES)
