"""Markdown: what a reader sees; what only looks like markup stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.markdown_text import text_of_markdown


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("# Title\n\nText.", "Title\n\nText."),
        ("## Closed ##\nText", "Closed\nText"),
        ("Title\n=====\nText", "Title\nText"),
        ("Title\n---\nText", "Title\nText"),
        ("#hashtag and C#", "#hashtag and C#"),
        ("*a* **b** ***c*** _d_ __e__ ~~f~~", "a b c d e f"),
        ("**bold *and* slanted**", "bold and slanted"),
        ("**over\ntwo lines**", "over\ntwo lines"),
        ("**no\n\nparagraphs**", "**no\n\nparagraphs**"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ('[link](https://x.y/z_(1) "t") and ![alt](<a.png>)', "link and alt"),
        ("[a][1] and [b][]\n\n[1]: https://x.y", "a and b\n"),
        ("[![badge](a.svg)](https://x.y)", "badge"),
        ("[not a link] (really)", "[not a link] (really)"),
        ("<https://x.y> <me@x.y>", "https://x.y me@x.y"),
        ("see <b>this</b><!-- not\nthis -->", "see this"),
        ("`*code*` and ``a ` b``", "*code* and a ` b"),
        ("```python\n# not a *title*\n```\nafter", "# not a *title*\nafter"),
        ("~~~\n```\n~~~\nafter", "```\nafter"),
        ("```\nnever closed *x*", "never closed *x*"),
        ("- one\n* two\n+ three\n  - four", "one\ntwo\nthree\n  four"),
        ("- [ ] open\n- [x] done", "open\ndone"),
        ("1. first\n2. second", "1. first\n2. second"),
        ("> quoted\n> > twice", "quoted\ntwice"),
        ("a\n\n***\n\nb", "a\n\n\nb"),
        ("| A | B |\n|---|:-:|\n| 1 | 2 |", "A\tB\n1\t2"),
        (r"\*not slanted\* \# \\", r"*not slanted* # \ ".strip()),
        ("caf&eacute; &amp; AT&T", "café & AT&T"),
        ("---\ntitle: x\n---\nText", "Text"),
        ("line\r\nline\r\n", "line\nline\n"),
        ("5 - 3 = 2\n-1 degree", "5 - 3 = 2\n-1 degree"),
        ("\0 nul", "\ufffd nul"),
        ("", ""),
    ],
)
def test_a_page_is_read_as_it_is_seen(page, text):
    assert text_of_markdown(page) == text


@given(st.text(alphabet="*_`[]()<>!#-|\\~ \n\0&;:ax1.", max_size=200))
def test_no_page_is_too_broken(page):
    assert "\0" not in text_of_markdown(page)


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1))
def test_plain_words_stay_as_they_are(words):
    for page in (" ".join(words), "\n\n".join(words)):
        assert text_of_markdown(page) == page
