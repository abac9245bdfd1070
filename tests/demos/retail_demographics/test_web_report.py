"""The page of a shop day."""

import re
from html.parser import HTMLParser

import pytest

from demos.retail_demographics.web_report import report


class Reader(HTMLParser):
    """Collects what a browser would run or fetch, and checks that elements close in order."""

    VOID = ("br", "hr", "img", "input", "link", "meta")

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        """Take an element that stays open, unless it never does."""
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Take an element that closes itself."""
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attrs]

    def handle_endtag(self, tag):
        """Check that the innermost element closes."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Take text."""
        self.text.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


@pytest.fixture(scope="module")
def page(day):
    return report(day)


def test_the_page_is_well_formed_and_small(page):
    assert read(page).open == []
    assert len(page.encode()) < 3_000_000


def test_a_hostile_key_is_text_and_nothing_else(page):
    reader = read(page)
    assert reader.tags.count("script") == 1
    assert not [a for a in reader.attributes if a[1].startswith("on")]
    assert "Bergen/door/<script>alert(1)</script>\\u{202e}gpj.exe" in reader.text
    assert "\u202e" not in page


def test_the_page_fetches_nothing(page):
    for tag, name, value in read(page).attributes:
        if name in ("src", "href", "xlink:href", "srcset", "action"):
            assert re.match(r"data:|#", value), (tag, name, value[:60])
    assert "url(http" not in page
    assert "@import" not in page


def test_the_policy_of_the_page_allows_no_request_and_no_other_script(page):
    policy = next(v for t, n, v in read(page).attributes if t == "meta" and n == "content")
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy


def test_every_chart_has_a_name_and_its_numbers(page):
    reader = read(page)
    names = [v for t, n, v in reader.attributes if t == "svg" and n == "aria-label"]
    assert len(names) > 10
    assert reader.tags.count("details") >= 4


def test_a_withheld_hour_is_never_told(page):
    assert "withheld: between 1 and 4 faces" in page


def test_a_bad_day_says_so_first(bad_day):
    words = " ".join(read(report(bad_day)).text)
    assert "Nothing lost, nothing counted twice" not in words
    assert "1 file lost" in words
