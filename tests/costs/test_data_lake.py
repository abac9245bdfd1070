"""The costs of the lake, by gigabyte and by month."""

import pytest

from costs.bill import total
from costs.data_lake import METRICS, REASONS, Files, per_gigabyte, per_merge, per_month
from data_lake.model_files import Counts
from data_lake.reasons import FileReason, Reason


def test_a_terabyte_costs_a_thousand_gigabytes():
    one, many = total(per_gigabyte(1)), total(per_gigabyte(1_000))
    assert (many.low, many.high) == pytest.approx((1_000 * one.low, 1_000 * one.high))


@pytest.mark.parametrize(
    "line", [*per_gigabyte(1), *per_month(), *per_merge()], ids=lambda line: line.item
)
def test_no_line_is_dearer_in_the_low_case(line):
    assert line.low <= line.high


def test_small_files_cost_more_than_large_ones():
    files = Files()
    assert files.files.high > files.files.low
    assert total(per_gigabyte(1)).high > 2 * total(per_gigabyte(1)).low


def test_each_count_and_each_reason_is_a_metric_that_is_billed():
    assert len(Counts().totals()) + 1 == METRICS  # and the files that come again
    assert len(Reason) + len(FileReason) == REASONS
