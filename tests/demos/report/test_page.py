"""What every page keeps, whatever demo writes it."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from demos.__main__ import demos
from demos.report import web
from demos.report.charts import SERIES, series

DEMOS = Path(__file__).parents[3] / "demos"


@pytest.fixture(scope="module", params=demos().values())
def page(request, day, chain, lake, training, hosting):
    made_up = {
        "retail_demographics": day,
        "service_chain": chain,
        "data_lake": lake,
        "model_training": training,
        "model_hosting": hosting,
    }
    results = made_up[request.param]
    text: str = web.page(import_module(f"demos.{request.param}.report").report(results))
    return text


@pytest.fixture(scope="module")
def reader(page, read):
    return read(page)


def test_the_page_is_well_formed_and_small(page, reader):
    assert reader.open == []
    assert len(page.encode()) < 3_000_000


def test_the_page_fetches_nothing(page, reader):
    for tag, name, value in reader.attributes:
        if name in ("src", "href", "xlink:href", "srcset", "action"):
            assert re.match(r"data:|#", value), (tag, name, value[:60])
    assert "url(http" not in page
    assert "@import" not in page


def test_the_policy_of_the_page_allows_no_request_and_no_other_script(reader):
    policy = next(v for t, n, v in reader.attributes if t == "meta" and n == "content")
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy


def test_no_id_is_there_twice(reader):
    identities = [v for _, n, v in reader.attributes if n == "id"]
    assert len(identities) == len(set(identities))


def test_every_entry_of_the_contents_leads_to_a_section(reader):
    anchors = {v for t, n, v in reader.attributes if (t, n) == ("section", "id")}
    links = {v for t, n, v in reader.attributes if (t, n) == ("a", "href")}
    assert links - {"#content"} == {f"#{anchor}" for anchor in anchors}


def test_no_style_is_left_over():
    code = " ".join(p.read_text() for p in DEMOS.rglob("*") if p.suffix in (".py", ".js", ".jinja"))
    words = set(re.findall(r"[\w-]+", code)) | {series(n) for n in range(SERIES)}
    for sheet in DEMOS.rglob("*.css"):
        rules = re.sub(r"\{[^{}]*\}", "{}", sheet.read_text())
        assert set(re.findall(r"\.([a-z][\w-]*)", rules)) <= words, sheet
