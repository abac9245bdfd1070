"""The pages: they lead somewhere, have their headings, and say what the model says."""

import json
import re
from pathlib import Path

import pytest

from app import build_app  # noqa: F401 - first of ours: it chooses the Node that aws_cdk starts
from costs.bill import total
from costs.retail_demographics import per_image, per_month
from costs.service_chain import DOCUMENTS as HOW_MANY
from costs.service_chain import TEXT, expected, per_documents, spoken_hour
from costs.service_chain import per_month as chain_per_month
from service_chain.failures import Reason
from stacks.service_chain.columns import DOCUMENTS, VIEWS
from stacks.service_chain.settings import ServiceChain
from stacks.settings.shared import Queries, Retention

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
ARCHITECTURES = sorted(ROOT.glob("docs/*_*.md"))
CHAIN = ROOT / "docs" / "service_chain.md"


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


@pytest.mark.parametrize("page", ARCHITECTURES, ids=lambda p: p.stem)
def test_an_architecture_has_the_headings_of_the_house_in_their_order(page):
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


def test_the_first_page_tells_the_costs_of_the_model():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    images, month = total(per_image(1_000)), total(per_month())
    assert f"${images.low:.2f} to ${images.high:.2f} per 1,000 images" in readme
    assert f"${month.low:.0f} to ${month.high:.0f} a month at rest" in readme
    texts = total(per_documents(expected(TEXT).times(HOW_MANY)))
    hour, month = total(per_documents(spoken_hour())), total(chain_per_month())
    assert f"${texts.low:.0f} to ${texts.high:.0f} per 1,000 texts of {TEXT:,} characters" in readme
    assert f"${hour.low:.2f} to ${hour.high:.2f} per hour of audio" in readme
    assert f"${month.low:.0f} to ${month.high:.0f} a month at rest" in readme


def rows_of(text, heading):
    """Read the first cells of the table whose heading starts so."""
    table = text[text.index(heading) :].split("\n\n")[0]
    return [line.split("|")[1].strip() for line in table.splitlines()[2:]]


def test_the_page_of_the_chain_explains_every_setting():
    text = CHAIN.read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", " ".join(rows_of(text, "| Setting | Default"))))
    fields = set(ServiceChain.model_fields)
    shared = {*Retention.model_fields, *Queries.model_fields} - {"result_days"}
    assert named == fields - shared - {"deliveries"}


def test_the_page_of_the_chain_explains_every_field_of_a_document():
    text = CHAIN.read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)", " ".join(rows_of(text, "| Field | Is |"))))
    assert set(DOCUMENTS) <= named
    inner = set(re.findall(r"(\w+):", DOCUMENTS["insights"].partition("array<struct<")[2]))
    explained = set(re.findall(r"`(\w+)", text))
    assert inner <= explained


def test_the_page_of_the_chain_names_every_view_and_every_reason():
    text = CHAIN.read_text(encoding="utf-8")
    for name in (*VIEWS, *(reason.value for reason in Reason)):
        assert f"`{name}`" in text, name


def test_the_opt_out_policy_is_the_one_that_organizations_take():
    policy = json.loads((ROOT / "docs/policies/ai-services-opt-out.json").read_text())
    assert policy == {
        "services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}
    }  # fmt: skip


def test_pictures_of_the_first_page_are_small():
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 300_000, picture.name
