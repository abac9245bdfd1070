"""Marks in a text: each at its place, whatever overlaps."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from demos.service_chain.annotated import LONGEST, Mark, annotated, pieces
from demos.service_chain.results import Found

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted), max_size=6)


@given(st.text(min_size=30, max_size=30), SPANS)
def test_pieces_put_together_are_the_text_and_each_knows_what_covers_it(text, spans):
    found = [Mark("entity", Found("X", begin, end, 1)) for begin, end in spans]
    cut = pieces(text, found)
    assert "".join(text[a:b] for a, b, _ in cut) == text
    for a, b, covering in cut:
        assert set(covering) == {m for m in found if m.found.begin <= a and b <= m.found.end}


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
