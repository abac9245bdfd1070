"""The page of the rules is generated, as it would be now, and what it advises works."""

import re
from pathlib import Path
from typing import Any

from guardrails.ml_lens import RULES, findings
from guardrails.rule_page import EXAMPLE, page

PAGE = Path(__file__).parents[2] / "docs" / "guardrails.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page()


def test_each_rule_has_a_row_with_an_example_that_it_finds():
    rows = re.findall(r"^\| ([A-Z]+\d+) \|.*\| `[A-Za-z:0-9]+`: .+\|", page(), re.MULTILINE)
    assert sorted(rows) == sorted(rule.id.removeprefix("MlLens-") for rule in RULES)


def test_the_ten_lines_that_it_shows_are_a_rule():
    written: dict[str, Any] = {}
    exec(EXAMPLE, written)  # noqa: S102 (what the page tells people to write)
    rule = written["RULE"]
    assert EXAMPLE in page()
    assert list(findings(rule, {"Resources": rule.compliant})) == []
    [finding] = findings(rule, {"Resources": rule.violating})
    assert finding.location == "Properties.DeletionProtectionEnabled"
