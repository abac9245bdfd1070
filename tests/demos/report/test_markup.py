"""Markup in which text can never become code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from demos.report.blocks import Heading, Key
from demos.report.markup import tag, visible
from demos.report.web import html

HOSTILE = "\"><script>alert('1')</script>&"


def test_text_is_escaped_and_markup_is_not():
    assert tag("p", "<b>", tag("i", "&")) == "<p>&lt;b&gt;<i>&amp;</i></p>"


def test_an_attribute_cannot_be_left():
    assert "<script" not in tag("img", alt=HOSTILE, src="x")
    assert tag("img", alt='"') == '<img alt="&quot;">'


@pytest.mark.parametrize("add", [lambda m, t: m + t, lambda m, t: Markup("").join([m, t])])
def test_adding_text_to_markup_escapes_the_text_and_gives_markup(add):
    whole = add(tag("br"), "<i>")
    assert isinstance(whole, Markup)
    assert whole == "<br>&lt;i&gt;"


def test_attributes_follow_their_names():
    assert tag("a", class_="x", aria_label="y", hidden=True, title=None, open=False) == (
        '<a class="x" aria-label="y" hidden=""></a>'
    )


def test_an_element_of_a_drawing_closes_itself_unless_it_holds_something():
    assert tag("rect", x=1.5, y=2.0) == '<rect x="1.5" y="2"/>'
    assert tag("rect", tag("title", "t")) == "<rect><title>t</title></rect>"


def test_a_key_cannot_reorder_or_hide_what_stands_around_it():
    assert visible("a\u202egpj.exe\n") == "a\\u{202e}gpj.exe\\u{a}"
    shown = '<bdi class="key"><code>\\u{200b}&lt;b&gt;</code></bdi>'
    assert shown in html(Heading(Key("\u200b<b>")))


@given(st.text())
def test_no_text_whatever_opens_an_element(text):
    inside = tag("p", text, title=text).removeprefix("<p").removesuffix("</p>")
    assert "<" not in inside
