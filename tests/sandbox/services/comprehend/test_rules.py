"""What the rules find, and that whatever they find is where they say."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.language import pseudo_translation
from sandbox.services.comprehend import numbers, sentiment
from sandbox.services.comprehend.entities import find_entities
from sandbox.services.comprehend.phrases import find_phrases
from sandbox.services.comprehend.pii import find_pii
from sandbox.services.comprehend.spans import Span, without_overlaps

STUFF = [
    "Anna Schmidt",
    "my name is",
    "4111 1111 1111 1111",
    "five five five one two three four five six seven",
    "anna at example dot com",
    "https://example.com/a?b",
    "12 Baker Street",
    "03/04/2025",
    "two weeks ago",
    "$1,234.50",
    "calle Mayor 12",
    "(555) 123-4567",
    "Zürich",
    "日本語",
    "😀",
    "e\u0301",
    "⟦es⟧ ",
    "\n",
    "İstanbul",
    "\u200d",
]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(STUFF), st.text(max_size=5)), max_size=12).map(" ".join),
)


def kinds(found, text):
    return {(span.kind, text[span.begin : span.end]) for span in found}


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_what_is_found_is_in_the_text_in_order_and_apart(text):
    for found in (find_entities(text), find_pii(text), find_phrases(text)):
        assert all(0 <= span.begin < span.end <= len(text) for span in found)
        assert all(a.end <= b.begin for a, b in pairwise(found))
        assert all(0 <= span.score <= 1 for span in found)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.sampled_from(["en", "es", "fr", "de", "ja"]))
def test_scores_of_sentiment_sum_to_one(text, language):
    scores = sentiment.weigh(text, language)
    assert sum(scores.values()) == pytest.approx(1)
    assert all(0 <= score <= 1 for score in scores.values())


@given(TEXTS)
def test_a_pretended_translation_has_the_same_length_and_reads_back(text):
    disguised = pseudo_translation.disguise(text)
    assert len(disguised) == len(text)
    if not pseudo_translation.is_pseudo(text) and "⟦" not in text:
        assert (
            pseudo_translation.reveal(disguised) == text or pseudo_translation.reveal(text) != text
        )


@pytest.mark.parametrize("piece", [pseudo_translation.disguise("the second half of it"), "⟦fr⟧ 12"])
def test_a_piece_of_a_pretended_translation_is_still_known(piece):
    assert pseudo_translation.is_pseudo(piece)
    assert not pseudo_translation.is_pseudo(pseudo_translation.reveal(piece))


@pytest.mark.parametrize(
    "text", ["", "12345", "Čeština je hezká", "Đây là tiếng Việt", "Hausa writes ɗƙ", "ɓ ɗ ƙ"]
)
def test_a_real_language_is_not_taken_for_a_pretended_one(text):
    assert not pseudo_translation.is_pseudo(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my card is 4111 1111 1111 1111", ("CREDIT_DEBIT_NUMBER", "4111 1111 1111 1111")),
        (
            "four one one one one one one one one one one one one one one one",
            (
                "CREDIT_DEBIT_NUMBER",
                "four one one one one one one one one one one one one one one one",
            ),
        ),
        (
            "call me at five five five one two three four five six seven please",
            ("PHONE", "five five five one two three four five six seven"),
        ),
        ("call 555-123-4567 now", ("PHONE", "555-123-4567")),
        ("mi móvil es el 612 345 678", ("PHONE", "612 345 678")),
        *[
            (f"{before}206-555-0100{after}", ("PHONE", "206-555-0100"))
            for before, after in [
                *[("1,", ",x"), ("5 (", ") x"), ("[", "]"), ("a;", ";b"), ("tel:", ""), ('"', '"')],
                *[("1\t", "\t"), ("x/", "/y"), ("=", "&"), ("\n", "\n"), ("«", "»"), ("|", "|")],
            ]
        ],
        ("5,(206) 555-0100", ("PHONE", "(206) 555-0100")),
        ("a +1 (206) 555-0100,", ("PHONE", "+1 (206) 555-0100")),
        ("1,612 345 678;", ("PHONE", "612 345 678")),
        ("double five five, one two three four", ("PHONE", "double five five, one two three four")),
        ("it is anna dot lee at example dot com", ("EMAIL", "anna dot lee at example dot com")),
        ("lucia arroba example punto com", ("EMAIL", "lucia arroba example punto com")),
        ("to a.b+c@mail.example.org.", ("EMAIL", "a.b+c@mail.example.org")),
        ("social security number 123456789", ("SSN", "123456789")),
        ("SSN 123-45-6789", ("SSN", "123-45-6789")),
        (
            "GB82 WEST 1234 5698 7654 32",
            ("INTERNATIONAL_BANK_ACCOUNT_NUMBER", "GB82 WEST 1234 5698 7654 32"),
        ),
        ("my account number is 12345678", ("BANK_ACCOUNT_NUMBER", "12345678")),
        ("the pin is four two four two", ("PIN", "four two four two")),
        ("at 12 Baker Street, Springfield, IL 62704", None),
        ("vivo en la calle de Alcalá 45", ("ADDRESS", "calle de Alcalá 45")),
        ("hello this is anna calling", ("NAME", "anna")),
        ("My name is Zorblax Quux.", ("NAME", "Zorblax Quux")),
        ("Dear Mrs. Okonkwo", ("NAME", "Okonkwo")),
        ("she is 34 years old", ("AGE", "34 years old")),
        ("from 192.168.0.255 today", ("IP_ADDRESS", "192.168.0.255")),
        ("see https://example.com/a.", ("URL", "https://example.com/a")),
        ("on the third of march", ("DATE_TIME", "the third of march")),
    ],
)
def test_personal_data_is_found_in_writing_and_in_speech(text, expected):
    expected = expected or ("ADDRESS", "12 Baker Street, Springfield, IL 62704")
    assert expected in kinds(find_pii(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "order number 555-123-4567",
        "order number 5551234567",
        "4111 1111 1111 1112",
        "version 1.2.3.400",
        "this is late and I am here",
        "I will be there in may be an hour",
        "GB82 WEST 1234 5698 7654 33",
        "look at this dot",
        "one or two of them",
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(text):
    assert not find_pii(text)


@pytest.mark.parametrize(
    ("text", "kind", "quoted"),
    [
        ("Anna Schmidt wrote", "PERSON", "Anna Schmidt"),
        ("hello from london", "LOCATION", "london"),
        ("we met in Nice", "LOCATION", "Nice"),
        ("he works at Example Bank today", "ORGANIZATION", "Example Bank"),
        ("ich rief Siemens an", "ORGANIZATION", "Siemens"),
        ("a new iPhone", "COMMERCIAL_ITEM", "iPhone"),
        ("before Christmas", "EVENT", "Christmas"),
        ("for 1,234.50 euros", "QUANTITY", "1,234.50 euros"),
        ("twenty five minutes late", "QUANTITY", "twenty five minutes"),
        ("a discount of 15%", "QUANTITY", "15%"),
        ("am 3. März 2025", "DATE", "3. März 2025"),
        ("hace dos semanas", "DATE", "hace dos semanas"),
        ("write to a@example.com", "OTHER", "a@example.com"),
    ],
)
def test_entities_are_found_by_lists_and_rules(text, kind, quoted):
    assert (kind, quoted) in kinds(find_entities(text), text)


def test_an_ordinary_word_is_no_name():
    assert not find_entities("that was nice, i will mark the target with an apple")


@pytest.mark.parametrize(
    ("text", "language", "phrase"),
    [
        ("The coffee machine is broken", "en", "coffee machine"),
        ("La cafetera nueva no funciona", "es", "cafetera nueva"),
        ("une machine à café neuve", "fr", "café neuve"),
        ("mit dem neuen Gerät", "de", "neuen Gerät"),
    ],
)
def test_key_phrases_are_runs_of_content_words(text, language, phrase):
    assert phrase in {text[s.begin : s.end] for s in find_phrases(text, language)}


def test_a_language_without_stop_words_has_no_key_phrases():
    assert find_phrases("これは日本語です", "ja") == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("I love this machine, it works perfectly.", "en", "POSITIVE"),
        ("My order was damaged and the box was broken.", "en", "NEGATIVE"),
        ("Please send me the report before Friday.", "en", "NEUTRAL"),
        ("The food was great but the service was terrible.", "en", "MIXED"),
        ("Estoy muy contenta, excelente calidad.", "es", "POSITIVE"),
        ("El servicio fue pésimo.", "es", "NEGATIVE"),
        ("No es perfecto.", "es", "NEGATIVE"),
        ("Le produit est magnifique.", "fr", "POSITIVE"),
        ("Das Gerät ist kaputt und der Service schlecht.", "de", "NEGATIVE"),
        ("Das Paket kommt am Montag.", "de", "NEUTRAL"),
        ("I love it", "ja", "NEUTRAL"),
    ],
)
def test_sentiment_is_weighed_in_four_languages(text, language, expected):
    assert sentiment.label(sentiment.weigh(text, language)) == expected


def test_the_surer_rule_wins_where_two_meet():
    sure, unsure, apart = Span(2, 6, "A", 1), Span(5, 9, "B", 1), Span(0, 2, "C", 1)
    assert without_overlaps([sure, unsure, apart]) == [apart, sure]


def test_the_check_digit_of_a_card_catches_one_wrong_digit():
    card = "4111111111111111"
    assert numbers.luhn(card)
    wrong = [card[:at] + str((int(card[at]) + 1) % 10) + card[at + 1 :] for at in range(len(card))]
    assert not any(numbers.luhn(number) for number in wrong)
