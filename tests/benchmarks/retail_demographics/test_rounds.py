"""The table of a benchmark."""

import pytest

from benchmarks.retail_demographics.rounds import Import, Round, compared, spread

OURS = [Round(100, 0, seconds, 2, 100, 102) for seconds in (5.0, 4.0, 20.0)]
BASELINE = [Round(100, 0, 10.0, 100, 100, 200)] * 3


def test_a_round_is_told_per_image():
    r = OURS[0]
    assert (r.images_per_second, r.objects_per_thousand) == (20, 20)
    assert (r.calls_per_image, r.puts_per_image) == (1, 0.02)


def test_a_table_compares_medians_so_that_one_bad_round_changes_nothing():
    lines = compared(OURS, BASELINE).splitlines()
    assert lines[2] == "| Images per second | 20.0 | 10.0 | 2.00 | higher |"
    assert lines[4] == "| Result objects per 1,000 images | 20.0 | 1,000.0 | 0.02 | lower |"


def test_the_spread_of_the_rounds_is_told():
    assert spread(OURS) == "5.0 to 25.0"


def test_what_every_function_pays_is_not_counted_as_ours():
    assert Import(20, 300, 380).ours == pytest.approx(80)
