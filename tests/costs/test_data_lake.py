"""The costs of the lake, by gigabyte and by month."""

import pytest

from costs.bill import exactly, total
from costs.data_lake import METRICS, REASONS, Files, per_gigabyte, per_month, per_run
from costs.data_lake_runs import per_thousand_runs
from costs.data_lake_sources import per_source
from costs.data_lake_spark_stream import per_spark_month
from costs.data_lake_stream import Records, per_streamed_gigabyte
from data_lake.outcome_counts import Counts
from data_lake.reasons import FileReason, Reason


def test_a_terabyte_costs_a_thousand_gigabytes():
    one, many = total(per_gigabyte(1)), total(per_gigabyte(1_000))
    assert (many.low, many.high) == pytest.approx((1_000 * one.low, 1_000 * one.high))


@pytest.mark.parametrize(
    "line",
    [
        *per_gigabyte(1),
        *per_streamed_gigabyte(),
        *per_source(),
        *per_spark_month(),
        *per_month(),
        *per_run(),
        *per_thousand_runs(),
    ],
    ids=lambda line: line.item,
)
def test_no_line_is_dearer_in_the_low_case(line):
    assert line.low <= line.high


def test_small_files_cost_more_than_large_ones():
    files = Files()
    assert files.files.high > files.files.low
    assert total(per_gigabyte(1)).high > 2 * total(per_gigabyte(1)).low


def test_a_record_is_billed_in_steps_of_five_kilobytes():
    def taken(size):
        (line,) = per_streamed_gigabyte(Records(bytes=exactly(size)))[:1]
        return line.low

    assert taken(5_120) == pytest.approx(0.029 * 1e9 / 1024**3)
    assert taken(256) == pytest.approx(20 * taken(5_120))
    assert taken(5_121) == pytest.approx(2 * taken(5_120), rel=1e-3)


def test_each_count_and_each_reason_is_a_metric_that_is_billed():
    assert len(Counts().totals()) + 1 == METRICS  # and the files that come again
    assert len(Reason) + len(FileReason) == REASONS


def test_small_messages_are_billed_as_many_and_as_a_kilobyte_each():
    def amounts(size):
        return {line.item: line.low for line in per_source(Records(bytes=exactly(size)))}

    large, small = amounts(5_120), amounts(256)
    assert small["IoT, a gigabyte of messages"] == pytest.approx(1e9 / 256 / 1e6)
    assert small["IoT, its rule"] == pytest.approx(20 * large["IoT, its rule"])
    assert small["Kinesis, a gigabyte in"] == pytest.approx(4 * large["Kinesis, a gigabyte in"])
    assert large["Kinesis, the stream for a month"] == pytest.approx(730 * 0.04)
