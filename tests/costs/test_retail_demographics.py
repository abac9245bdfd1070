"""The cost model of retail demographics, and the prices of all."""

from datetime import date

import pytest

from costs.bill import SMALLEST_SCAN, Range, total
from costs.prices import prices
from costs.retail_demographics import hours_for, per_image, per_month


@pytest.mark.parametrize(("name", "price"), prices().items())
def test_every_price_says_where_it_was_read_and_when(name, price):
    assert 0 <= price.low <= price.high
    assert price.per > 0
    assert price.source
    assert isinstance(price.date, date), name


def test_a_million_images_cost_a_thousand_times_a_thousand():
    small, large = total(per_image(1_000)), total(per_image(1_000_000))
    assert large.low == pytest.approx(1000 * small.low)
    assert large.high == pytest.approx(1000 * small.high)


def test_rekognition_is_nearly_the_whole_bill():
    lines = per_image(1_000_000)
    assert lines[0].low == 1000
    assert total(lines[1:]).low < 0.01 * lines[0].low
    assert total(lines[1:]).high < 0.03 * lines[0].high


def test_no_line_is_dearer_in_the_low_case():
    for line in (*per_image(1_000), *per_month()):
        assert line.low <= line.high, line.item


def test_a_query_that_reads_nothing_is_billed_for_ten_megabytes():
    def athena(scanned):
        return per_month(queries=Range(100, 100), scanned=scanned)[-1]

    assert athena(Range(0, 0)).low == athena(Range(SMALLEST_SCAN, SMALLEST_SCAN)).low > 0


@pytest.mark.parametrize(("tps", "hours"), [(50, 5.56), (5, 55.56)])
def test_a_million_images_take_what_the_quota_allows(tps, hours):
    assert hours_for(1_000_000, tps) == pytest.approx(hours, abs=0.01)
