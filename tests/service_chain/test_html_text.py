"""HTML: what a reader sees, and nothing of what a browser hides."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service_chain.html_text import text_of_html


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One<p>Two", "One\n\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("a<br><br>b<br><br><br><br>c", "a\n\nb\n\nc"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("<div>a</div>\n\n<div> b </div>", "a\nb"),
        ("<ul>\n <li>one\n <li>two\n</ul>after", "one\ntwo\n\nafter"),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "A\tB\n1\t2"),
        ("some <b>bold</b>, <i>slanted</i> words", "some bold, slanted words"),
        ("mid<b>dle</b> <a href='x'>link</a>", "middle link"),
        ("  lots \n\t of   <span> space </span> here ", "lots of space here"),
        ("&lt;b&gt; &amp; caf&eacute; &#8364; &#x1F600;", "<b> & café € 😀"),
        ("a&nbsp;&nbsp;b", "a\xa0\xa0b"),
        ("&#0;&#xD800;&#x110000;", "\ufffd\ufffd\ufffd"),
        ("<pre>  if x:\n\n    y</pre>z", "  if x:\n\n    y\n\nz"),
        ("a<script>var b = '<p>';</script>c<style>p { x: y }</style>d", "acd"),
        ("<head><title>T</title><meta charset=x></head><body>b</body>", "b"),
        ("<head><title>never closed</head><body>b</body>", "never closed\nb"),
        ("<template><p>hidden</p></template>shown", "shown"),
        ("<!DOCTYPE html><!-- <p>no</p> -->yes<?php x ?>", "yes"),
        ("<![if !IE]>kept<![endif]>", "kept"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p title='a > b'>x</p>", "x"),
        ("Straße 東京 👩‍👩‍👧 e\u0301", "Straße 東京 👩‍👩‍👧 e\u0301"),
        ("<script/>shown<script src=x></script>", "shown"),
        ("<SCRIPT>a</Script >b<script>c", "bc"),
        ("a <b c", "a <b c"),
        ("I <3 you", "I <3 you"),
        ("a</3>b", "ab"),
        ("<p don't>x<p it's>y", "x\n\ny"),
        ("<a b = \"x > y\" c='>' d=e>z", "z"),
        ("a<!-->b<!--->c<!-- x --!>d<!-- never closed", "abcd"),
        ("a<br/><br />b", "a\n\nb"),
        ("<p>in<p>pre</pre>text</pre>", "in\n\npre\n\ntext"),
        ("no markup", "no markup"),
        ("", ""),
        (" <p> </p> ", ""),
    ],
)
def test_a_page_is_read_as_it_is_seen(page, text):
    assert text_of_html(page) == text


# Pieces that, put together, open what nothing closes and close what nothing opened.
PIECES = (
    "<p> </p> <br> <![ ]]> <!-- --> <script> </script> &# &am < <a_b=' '> <!DOCTYPE <? </ > <pre>"
)
MARKUP = st.sampled_from([*PIECES.split(), "<title>", "x", " ", "\0", "<![x["])


@given(st.lists(MARKUP | st.text(max_size=3)).map("".join))
@example("<![")
@example("<![!")
@example("<!DOCTYPE x [<!ELEMENT")
def test_no_page_is_too_broken(page):
    text_of_html(page)


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<", "</", "<!--", "<!", "<x='", "<title>", "<script/>", "<x<x='>'", "<p>", "&"],
)
def test_a_broken_page_takes_no_longer_than_another(piece):
    """A second would not do for a tenth of this, were each mark to look at all that follows."""
    text_of_html(piece * 100_000 + "='>'")


@given(st.lists(st.sampled_from(["word", "Öl", "東京"]), min_size=1), st.sampled_from(["p", "li"]))
def test_no_word_is_lost_and_none_is_glued_to_its_neighbour(words, tag):
    page = "".join(f"<{tag}>{word}</{tag}>\n" for word in words)
    assert text_of_html(page).split() == words
