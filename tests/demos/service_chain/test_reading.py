"""Marks in a text: each at its place, whatever overlaps."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from demos.report.blocks import LONGEST, Mark, Panels, Passage
from demos.report.web import html
from demos.service_chain.reading import found

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted), max_size=6)


@given(st.text(min_size=30, max_size=30), SPANS)
def test_pieces_put_together_are_the_text_and_each_knows_what_covers_it(text, spans):
    marks = [Mark(begin, end, "entity", "X", 1) for begin, end in spans]
    cut = Passage(text, "en", marks).pieces()
    assert "".join(words for words, _, _ in cut) == text
    for words, b, covering in cut:
        a = b - len(words)
        assert set(covering) == {m for m in marks if m.begin <= a and b <= m.end}


def annotated(version):
    return html(Panels([found(version)]))


def test_what_is_found_is_framed_and_named_in_words(chain):
    shown = annotated(chain.documents[1].source)
    assert 'class="entity personal" title="PERSON, 0.91; NAME, 0.98"' in shown
    assert "pii name</small>" in shown


def test_a_long_text_is_cut_and_says_so(chain):
    long = replace(chain.documents[1].source, text="x" * (LONGEST + 1234), entities=(), pii=())
    assert "1,234 more characters are not shown" in annotated(long)


def test_a_language_without_detection_of_personal_data_is_shown_all_the_same(chain):
    notice = chain.documents[2].source
    assert notice.pii is None
    assert "pii" not in annotated(notice)
