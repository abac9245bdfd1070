"""What is personal is told in no language; where nobody looked for it, no person is told."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.masking import masked
from service_chain.mentions import Mentions
from service_chain.personal_words import PersonalWords
from service_chain.redaction import flags

EMAIL = "e.whitcombe@example.com"


def found(text, name, kind=""):
    """Find a name wherever it stands in a text."""
    mentions = Mentions()
    for place in re.finditer(re.escape(name), text):
        mentions.add(name, kind, place.start(), 0.9)
    (entry,) = mentions.entries([])
    return entry


def told(text, entities=(), phrases=(), *, personal=None, pii=None):
    account = {
        "entities": [found(text, name, kind) for name, kind in entities],
        "key_phrases": [found(text, name) for name in phrases],
        "pii": pii,
    }
    before = json.dumps(account)
    lists = masked(account, personal or PersonalWords())
    assert json.dumps(account) == before
    return tuple([e["text"] for e in lists[member]] for member in ("entities", "key_phrases"))


def test_where_nobody_looked_for_what_is_personal_every_person_is():
    text = f"Mme Whitcombe de Lyon : {EMAIL}, commande de Whitcombe"
    entities = [("Mme Whitcombe", "PERSON"), ("Lyon", "LOCATION"), (EMAIL, "OTHER")]
    phrases = ["Mme Whitcombe de Lyon", "commande de Whitcombe", "Lyon", "commande"]
    assert told(text, entities, phrases) == (
        ["[NAME]", "Lyon", "[OTHER]"],
        ["[NAME] de Lyon", "commande de [NAME]", "Lyon", "commande"],
    )


@pytest.mark.parametrize("pii", [[], [{"type": "SSN", "begin": 0, "end": 1, "score": 0.1}]])
def test_where_somebody_looked_a_person_who_was_not_flagged_is_told(pii):
    text = "Ann Lee"
    assert told(text, [(text, "PERSON")], [text], pii=pii) == ([text], [text])


def test_a_piece_of_what_is_masked_is_masked():
    assert told(f"A {EMAIL}", [(EMAIL, "OTHER")], ["example", "A"]) == (
        ["[OTHER]"],
        ["[OTHER]", "A"],
    )


def test_what_was_flagged_elsewhere_keeps_its_type():
    personal = PersonalWords()
    personal.add(EMAIL, "EMAIL")
    text = f"A {EMAIL}"
    assert told(text, [(EMAIL, "OTHER")], [text, "example"], personal=personal) == (
        ["[EMAIL]"],
        ["A [EMAIL]", "[EMAIL]"],
    )


def test_a_person_without_a_letter_is_masked_too():
    assert told("\u2605 x", [("\u2605", "PERSON")], ["\u2605 x"]) == (["[NAME]"], ["[NAME] x"])


def test_people_of_one_language_are_not_looked_for_in_another():
    personal = PersonalWords()
    told("Ann", [("Ann", "PERSON")], personal=personal)
    assert told("Ann", [("Ann", "PERSON")], personal=personal, pii=[]) == (["Ann"], [])


def test_what_is_flagged_at_its_place_and_what_is_flagged_elsewhere_are_both_masked():
    personal = PersonalWords()
    personal.add("Lee", "NAME")
    account = {
        "entities": [],
        "key_phrases": [
            found("Ann and Lee", "Ann and Lee") | {"pii": True, "masked": "[NAME] and Lee"}
        ],
        "pii": [],
    }
    assert masked(account, personal)["key_phrases"][0]["text"] == "[NAME] and [NAME]"


WORDS = ["Ann", "LEE", "lee", "o", "Rome", "55", "12"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
KINDS = st.sampled_from(["PERSON", "LOCATION", "OTHER"])


@st.composite
def languages(draw):
    """Write a text in each of two languages, with what was found, and flagged, in any places."""
    accounts = {}
    for language in ("en", "fr"):
        text = draw(TEXTS)
        places = [m.span() for m in re.finditer(r"\S+(?: \S+)?", text)]
        places += [m.span() for m in re.finditer(r"\S+", text)]
        chosen = st.lists(st.sampled_from(places), max_size=4)
        pii = [
            {"type": "NAME", "begin": b, "end": e, "score": draw(st.sampled_from([0.4, 0.6]))}
            for b, e in draw(chosen)
        ]
        entities, phrases = Mentions(), Mentions()
        for begin, end in draw(chosen):
            entities.add(text[begin:end], draw(KINDS), begin, 0.9)
        for begin, end in draw(chosen):
            phrases.add(text[begin:end], "", begin, 0.9)
        sure = flags(pii, 0.5) if language == "en" else []
        accounts[language] = (
            text,
            {
                "entities": entities.entries(sure),
                "key_phrases": phrases.entries(sure),
                "pii": pii if language == "en" else None,
            },
        )
    return accounts


@given(languages())
def test_no_language_tells_what_was_flagged_in_any(accounts):
    personal = PersonalWords()
    text, english = accounts["en"]
    personal.add_flagged(text, english["pii"], 0.5)
    values = [text[e["begin"] : e["end"]] for e in english["pii"] if e["score"] >= 0.5]
    for language, (_, account) in accounts.items():
        lists = masked(account, personal)
        for entry in [*lists["entities"], *lists["key_phrases"]]:
            left = f" {entry['text'].casefold()} "
            assert not [v for v in values if f" {v.casefold()} " in left]
            assert (
                language == "en"
                or entry.get("type") not in {"PERSON", "OTHER"}
                or (re.fullmatch(r"\[(?:NAME|OTHER)\]", entry["text"]))
            )
