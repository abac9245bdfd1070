"""Figures of the pages, against calculations that share no code with those that wrote them."""

import tomllib
from pathlib import Path

import pytest

from costs.prices import FILE
from retail_demographics.batch_counts import BatchCounts
from retail_demographics.rejects import Reason as RejectReason
from service_chain.failures import Reason
from stacks.registry import ARCHITECTURES, snake_case
from stacks.retail_demographics.settings import RetailDemographics
from stacks.service_chain.settings import ServiceChain
from stacks.settings import load_settings
from testing.templates import of_type

DOCS = Path(__file__).parents[2] / "docs"
SETTINGS = load_settings()
PRICES = tomllib.loads(FILE.read_text(encoding="utf-8"))


def rows_of(page, place):
    """Read the table at a place of a page: cells by the first cell of their row."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    lines = text.partition(f"<!-- {place} -->\n")[2].partition("\n<!-- /")[0].splitlines()
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]
    return {name: rest for name, *rest in cells[2:]}


def number(cell):
    return float(cell.replace(",", "").removesuffix(" h"))


def dollars(page, place, item, column):
    return number(rows_of(page, place)[item][column])


def usd(name, quantity):
    return quantity * PRICES[name]["usd"] / PRICES[name]["per"]


def test_the_rates_of_the_chain_are_those_of_its_settings():
    rows = rows_of("service_chain", "quota")
    quotas, chain = SETTINGS.shared.quotas, SETTINGS.of(ServiceChain)
    assert chain.quota_share == 0.5
    seconds = 3600 * chain.quota_share
    # In English, Spanish and French; 54,000 characters are said in an hour, at 15 a second.
    assert len(chain.translate_to) == 2
    batches, chunks = -(-54_000 // 15_000), -(-54_000 // chain.translate_chunk_bytes)
    assert rows == {
        "Comprehend, batch calls": [
            f"{quotas.comprehend_batch_per_second:g}",
            f"{quotas.comprehend_batch_per_second * seconds / 3:,.0f}",
            f"{quotas.comprehend_batch_per_second * seconds / 3 / batches:,.0f}",
        ],
        "Comprehend, language of a text": [
            f"{quotas.comprehend_detect_per_second:g}",
            f"{quotas.comprehend_detect_per_second * seconds:,.0f}",
            "",
        ],
        "Translate, text calls (AWS publishes none; a setting)": [
            f"{quotas.translate_text_per_second:g}",
            f"{quotas.translate_text_per_second * seconds / 2:,.0f}",
            f"{quotas.translate_text_per_second * seconds / 2 / chunks:,.0f}",
        ],
        "Transcribe, starts": [
            f"{quotas.transcribe_start_per_second:g}",
            "",
            f"{quotas.transcribe_start_per_second * seconds:,.0f}",
        ],
        "Transcribe, 250 jobs at work, should one take as long as its recording": ["", "", "225"],
        "Transcribe, 250 jobs at work, should one take a quarter of that": ["", "", "900"],
    }


def test_the_rates_of_the_shop_are_those_of_its_settings():
    share = SETTINGS.of(RetailDemographics).quota_share
    quotas = SETTINGS.shared.quotas.detect_faces_per_second
    found = rows_of("retail_demographics", "quota")
    assert {name: row[1] for name, row in found.items()} == {
        f"{tps:g} calls a second": f"{tps * share * 24 * 60 * 60:,.0f}" for tps in quotas.values()
    }
    for name, (where, _, hours) in found.items():
        tps = float(name.split()[0]) * share
        assert number(hours) == pytest.approx(1e6 / tps / 60 / 60, abs=0.05)
        named = [region for region, quota in quotas.items() if quota == float(name.split()[0])]
        assert where == ("every other Region" if "default" in named else ", ".join(named))


@pytest.mark.parametrize("page", [snake_case(name) for name in ARCHITECTURES])
@pytest.mark.parametrize("place", ["costs-per-month", "costs-per-image", "costs-per-document"])
def test_what_a_table_sums_up_is_the_sum_of_its_rows(page, place):
    rows = rows_of(page, place)
    if not rows:
        assert place != "costs-per-month"
        return
    items = [row for name, row in rows.items() if name not in {"Total"} and "of which" not in name]
    for column in range(len(rows["Total"]) - 1):
        digits = len(rows["Total"][column].partition(".")[2])
        slack = len(items) * 0.5 * 10**-digits
        summed = sum(number(row[column]) for row in items)
        assert number(rows["Total"][column]) == pytest.approx(summed, abs=slack)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_what_stands_in_a_template_is_what_a_month_is_billed_for(template, name):
    found, page = template(name), snake_case(name)
    (key,) = of_type(found, "AWS::KMS::Key").values()
    assert key["EnableKeyRotation"] is True
    # The first and the second rotation add as much as the key costs; later ones nothing.
    low, high = (dollars(page, "costs-per-month", "KMS key", column) for column in (0, 1))
    assert (low, high) == (usd("kms_key", 1), usd("kms_key", 3))

    alarms = of_type(found, "AWS::CloudWatch::Alarm").values()
    # An alarm is billed for each metric that it reads.
    read = sum(sum("MetricStat" in m for m in a.get("Metrics", ())) or 1 for a in alarms)
    billed = [dollars(page, "costs-per-month", "CloudWatch alarms", n) for n in (0, 1)]
    assert billed == [pytest.approx(usd("alarm", read))] * 2


def test_each_reason_is_a_metric_that_is_billed():
    def metrics(page):
        cost = [dollars(page, "costs-per-month", "CloudWatch metrics", n) for n in (0, 1)]
        return [round(each / usd("metric", 1)) for each in cost]

    low, high = metrics("retail_demographics")
    assert low == len(BatchCounts().metrics()) + 1  # and how sure Rekognition was
    assert high == low + len(RejectReason)
    low, high = metrics("service_chain")
    assert high >= low + 1 + len(Reason)


def test_an_image_costs_what_its_calls_cost():
    def low(item):
        return dollars("retail_demographics", "costs-per-image", item, 2)

    million = 1_000_000
    assert low("Rekognition DetectFaces") == usd("rekognition_detect_faces", million)
    assert low("S3, frame in") == usd("s3_put", million)
    # A HEAD for the checksum, and Rekognition's own GET.
    assert low("S3, frame read") == pytest.approx(usd("s3_get", 2 * million), abs=0.005)
    # The version and the picture.
    assert low("DynamoDB ledger, read") == pytest.approx(usd("dynamodb_read", 2 * million), 0.01)
    assert low("DynamoDB ledger, write") == pytest.approx(usd("dynamodb_write", 2 * million), 0.01)
