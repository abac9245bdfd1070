"""The page of a shop day."""

import pytest

from demos.report.web import page as written
from demos.retail_demographics.report import report


@pytest.fixture(scope="module")
def page(day):
    return written(report(day))


def test_a_hostile_key_is_text_and_nothing_else(page, read):
    reader = read(page)
    assert reader.tags.count("script") == 1
    assert not [a for a in reader.attributes if a[1].startswith("on")]
    assert "Bergen/door/<script>alert(1)</script>\\u{202e}gpj.exe" in reader.text
    assert "\u202e" not in page


def test_every_chart_has_a_name_and_its_numbers(page, read):
    reader = read(page)
    names = [v for t, n, v in reader.attributes if t == "svg" and n == "aria-label"]
    assert len(names) > 10
    assert reader.tags.count("details") >= 4


def test_a_withheld_hour_is_never_told(page):
    assert "withheld: between 1 and 4 faces" in page


def test_a_bad_day_says_so_first(bad_day, read):
    words = " ".join(read(written(report(bad_day))).text)
    assert "Nothing lost, nothing counted twice" not in words
    assert "1 file lost" in words
