"""No false alarm: templates as a careful team writes them, for each service that a rule reads."""

import re
from pathlib import Path

import pytest

from benchmarks.guardrails.verdicts import found_by_others
from guardrails import CONCERNS
from guardrails.ml_lens import judge
from guardrails.ml_lens.template import Template
from testing.short_templates import read_short

HERE = Path(__file__).parent / "good"
KEY = read_short(HERE / "_key.yaml")
GOOD = {
    file.stem: {"Resources": {**KEY, **read_short(file)}}
    for file in sorted(HERE.glob("*.yaml"))
    if file.stem[0] != "_"
}
# Where a pack wants the opposite of our rules, or cannot see what is there.
CONTRADICTED = {"stream": "stream_under_our_key", "network": "default_security_group"}


def is_waivable(rule):
    """Tell whether a concern covers what was found, the exact finding included."""
    name, _, finding = rule.partition("[")
    return any(
        re.fullmatch(concern.finding_pattern or "", finding.removesuffix("]"))
        for concern in CONCERNS.values()
        for names in concern.rules.values()
        if name in names
    )


@pytest.fixture(scope="module")
def findings():
    """Return what is found in each template, as (rule, what or where)."""
    found = dict(zip(GOOD, map(set, found_by_others(list(GOOD.values()))), strict=True))
    for name, document in GOOD.items():
        found[name] |= {(rule.id, one.detail) for rule, one in judge(Template(document))}
    return found


@pytest.mark.parametrize("name", GOOD)
def test_a_good_template_passes(findings, name):
    assert {one for one in findings[name] if not is_waivable(one[0])} == set()


@pytest.mark.parametrize(("name", "concern"), CONTRADICTED.items())
def test_what_a_pack_wants_otherwise_can_be_waived(findings, name, concern):
    assert {rule for rule, _ in findings[name]} & {
        rule for names in CONCERNS[concern].rules.values() for rule in names
    }
