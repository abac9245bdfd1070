"""Tables in their places."""

import re

import pytest

from costs.markdown import put_between


def test_a_page_without_the_place_for_a_table_is_refused():
    with pytest.raises(ValueError, match="put both where the table belongs"):
        put_between("nothing here", "prices", "|")


def test_a_table_replaces_only_what_stands_between_its_marks():
    text = put_between("a <!-- t -->old<!-- /t --> b", "t", r"\1 new")
    assert re.fullmatch(r"a <!-- t -->\n\\1 new\n<!-- /t --> b", text)
