"""The pages: they lead somewhere, have their headings, and say what the model says."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.costs import per_image, per_month, total

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sandbox/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:)([^)\s]+)\)")
HEADINGS = [
    "The question it answers",
    "Picture",
    "How it flows",
    "Deploy it",
    "Try it",
    "What it costs",
    "How it scales and where it stops",
    "When it fails",
    "Security and waivers",
    "Take it away",
]
PAGE = ROOT / "docs" / "retail_demographics.md"


def anchors(page):
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_exist(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}"


def test_an_architecture_has_the_headings_of_the_house_in_their_order():
    text = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


def test_the_first_page_tells_the_costs_of_the_model():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    images, month = total(per_image(1_000)), total(per_month())
    assert f"${images.low:.2f} to ${images.high:.2f} per 1,000 images" in readme
    assert f"${month.low:.0f} to ${month.high:.0f} a month at rest" in readme


def test_the_opt_out_policy_is_the_one_that_organizations_take():
    policy = json.loads((ROOT / "docs/policies/ai-services-opt-out.json").read_text())
    assert policy == {
        "services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}
    }  # fmt: skip


def test_pictures_of_the_first_page_are_small():
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 300_000, picture.name
