"""What is said of bytes that queries read."""

import pytest

from benchmarks.data_lake.deployed.scanned import Answer, Read, told


@pytest.mark.parametrize(
    ("whole", "day", "said"),
    [
        (100, 20, "10 times fewer bytes of all days, within the 10 wanted, and 50 times of one, "
                  "within the 50 wanted."),
        (101, 21, "10 times fewer bytes of all days, **fewer than** the 10 wanted, and 48 times of "
                  "one, **fewer than** the 50 wanted."),
    ],
)  # fmt: skip
def test_ratios_are_held_to_what_was_wanted(whole, day, said):
    answers = [
        Answer("a question", of_a_day, Read(1000, 7), Read(scanned, 3))
        for of_a_day, scanned in ((False, whole), (False, 10), (True, day), (True, 1))
    ]
    assert said in told(answers)


def test_a_query_of_a_terabyte_costs_by_the_price_file_and_ten_megabytes_at_least():
    answers = [
        Answer("whole", False, Read(1000, 7), Read(100, 3)),
        Answer("tiny", True, Read(10**9, 7), Read(1, 3)),
    ]
    rows = told(answers).splitlines()
    assert next(row for row in rows if "whole" in row).endswith("| 5.00 | 0.5000 |")
    assert next(row for row in rows if "tiny" in row).endswith("| 5.00 | 0.0001 |")
