"""A name once, with all its places; each place holds the name; what is personal is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.mentions import Mentions, place_of
from service_chain.redaction import Flag


def mentions_of(text, *names, kind="PERSON"):
    """Find names in a text wherever they stand."""
    mentions = Mentions()
    for name in names:
        at = text.find(name)
        while at >= 0:
            mentions.add(name, kind, at, 0.9)
            at = text.find(name, at + 1)
    return mentions


@given(
    st.lists(st.sampled_from(["Ana", "ANA", "ana", " ", "Stra\u00dfe", "STRASSE", "\U0001f600"]))
)
def test_every_offset_points_at_the_name(parts):
    text = " ".join(parts)
    mentions = mentions_of(text, "Ana", "ANA", "ana", "Stra\u00dfe", "STRASSE")
    entries = mentions.entries([])
    assert len({entry["text"].casefold() for entry in entries}) == len(entries)
    for entry in entries:
        assert entry["count"] == len(entry["offsets"])
        for begin, end in entry["offsets"]:
            assert text[begin:end].casefold() == entry["text"].casefold()
    said = sum(part.casefold() in {"ana", "strasse"} for part in parts)
    assert sum(entry["count"] for entry in entries) == said


def test_names_are_one_but_for_their_type_and_the_best_score_counts():
    mentions = Mentions()
    mentions.add("Amazon", "ORGANIZATION", 9, 0.5)
    mentions.add("amazon", "ORGANIZATION", 0, 0.7)
    mentions.add("amazon", "ORGANIZATION", 0, 0.6)
    mentions.add("Amazon", "LOCATION", 9, 0.9)
    assert mentions.entries([]) == [
        {
            "text": "Amazon",
            "type": "ORGANIZATION",
            "score": 0.7,
            "count": 2,
            "offsets": [(0, 6), (9, 15)],
        },
        {"text": "Amazon", "type": "LOCATION", "score": 0.9, "count": 1, "offsets": [(9, 15)]},
    ]


def test_of_overlapping_places_of_one_name_the_first_counts():
    (entry,) = mentions_of("anananana", "ana").entries([])
    assert entry["offsets"] == [(0, 3), (4, 7)]


def test_a_phrase_has_no_type():
    (entry,) = mentions_of("a long wait", "long wait", kind="").entries([])
    assert entry == {"text": "long wait", "score": 0.9, "count": 1, "offsets": [(2, 11)]}


PHRASE = "Ann Lee's account"  # at 0 and at 20


@pytest.mark.parametrize(
    ("flags", "masked"),
    [
        ([Flag(0, 7, "NAME")], "[NAME]'s account"),
        ([Flag(0, 3, "NAME"), Flag(4, 7, "NAME")], "[NAME] [NAME]'s account"),
        ([Flag(0, 99, "ADDRESS")], "[ADDRESS]"),
        ([Flag(24, 27, "NAME")], "Ann [NAME]'s account"),
        ([Flag(0, 7, "NAME"), Flag(24, 30, "SSN")], "[NAME]account"),
        ([Flag(36, 50, "SSN")], "Ann Lee's accoun[SSN]"),
        ([Flag(17, 20, "NAME"), Flag(37, 40, "SSN")], None),
    ],
)
def test_what_is_personal_anywhere_is_masked_everywhere(flags, masked):
    (entry,) = mentions_of(f"{PHRASE}   {PHRASE}", PHRASE, kind="").entries(flags)
    assert (entry.get("pii", False), entry.get("masked")) == (masked is not None, masked)


def test_another_spelling_of_another_length_is_masked_whole():
    mentions = Mentions()
    mentions.add("STRASSE", "LOCATION", 0, 0.9)
    mentions.add("Stra\u00dfe", "LOCATION", 8, 0.9)
    (entry,) = mentions.entries([Flag(8, 9, "ADDRESS")])
    assert entry["masked"] == "[ADDRESS]"


def found(begin, end, text=None):
    return {"BeginOffset": begin, "EndOffset": end} | ({} if text is None else {"Text": text})


@pytest.mark.parametrize(
    ("reply", "place"),
    [
        (found(4, 7), (4, 7)),
        (found(4, 7, "ana"), (4, 7)),
        (found(6, 9, "Ana"), (4, 7)),
        (found(10, 13, "Ana"), (12, 15)),
        (found(90, 93, "Ana"), (12, 15)),
        (found(-5, -2, "Ana"), (4, 7)),
        (found(4, 7, "Eva"), (4, 7)),
        (found(3, 4), None),
    ],
)
def test_offsets_are_believed_unless_the_words_stand_elsewhere(reply, place):
    assert place_of(reply, "and Ana and Ana") == place


@pytest.mark.parametrize("reply", [found(-1, 3), found(3, 3), found(5, 4), found(0, 99, "Eva")])
def test_offsets_outside_the_text_are_an_error(reply):
    with pytest.raises(ValueError, match="in a text of 15 characters"):
        place_of(reply, "and Ana and Ana")
