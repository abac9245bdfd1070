"""Every pair of kind and feature is either there or refused with a reason and its source."""

from itertools import product
from pathlib import Path

import pytest

from stacks.model_hosting.hosting_kinds import FEATURES, KINDS, REFUSALS, refused, table

PAIRS = list(product(KINDS, FEATURES))


@pytest.mark.parametrize(
    ("kind", "feature"), PAIRS, ids=[f"{kind}-{feature}" for kind, feature in PAIRS]
)
def test_a_pair_is_refused_exactly_where_the_table_says_so(kind, feature):
    row = dict(zip(FEATURES, next(r for r in table() if r[0] == kind)[1:], strict=True))
    found = refused(kind, {feature})
    assert (found is None) == (row[feature] == "yes")
    if found:
        refusal = REFUSALS[kind, feature]
        assert refusal.source.startswith("https://docs.aws.amazon.com/sagemaker/")
        assert found.endswith(f"({refusal.source}): {refusal.instead}")


def test_a_real_time_endpoint_can_have_everything_but_rolling_updates_of_two_variants():
    assert refused("real-time", set(FEATURES) - {"rolling"}) is None
    assert refused("real-time", set(FEATURES) - {"variants"}) is None
    assert "one variant alone" in (refused("real-time", {"rolling", "variants"}) or "")


def test_of_serverless_endpoints_the_first_reason_is_told():
    found = refused("serverless", {"gpu", "capture"}) or ""
    assert found.startswith("a serverless endpoint has no data capture")


def test_the_page_has_the_same_table():
    page = (Path(__file__).parents[2] / "docs" / "model_hosting.md").read_text(encoding="utf-8")
    rows = page.partition("<!-- kinds -->")[2].partition("<!-- /kinds -->")[0].split("\n")[3:-1]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells == [[cell.partition(":")[0] for cell in row] for row in table()]
