"""What was flagged is known again, whatever its spelling; nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.personal_words import PersonalWords

EMAIL = "eleanor.whitcombe@example.com"


def masked(text, *values):
    personal = PersonalWords()
    for value, kind in values:
        personal.add(value, kind)
    return personal.mask(text)


@pytest.mark.parametrize(
    ("value", "kind", "text", "told"),
    [
        ("Eleanor Whitcombe", "NAME", "Eleanor Whitcombe", "[NAME]"),
        ("Eleanor Whitcombe", "NAME", "la dame ELEANOR  WHITCOMBE.", "la dame [NAME]."),
        ("Eleanor Whitcombe", "NAME", "Mme Whitcombe", "Mme [NAME]"),
        ("Eleanor Whitcombe", "NAME", "Whitcombe, Eleanor", "[NAME], [NAME]"),
        ("Eleanor Whitcombe", "NAME", "l'avis d'Eleanor", "l'avis d'[NAME]"),
        ("Eleanor Whitcombe", "NAME", "la Whitcombes", "la Whitcombes"),
        (
            "Eleanor Whitcombe",
            "NAME",
            "\u8054\u7cfbEleanor\u5973\u58eb",
            "\u8054\u7cfb[NAME]\u5973\u58eb",
        ),
        ("Eleanor", "NAME", "\ufeb3Eleanor\u0628", "\ufeb3[NAME]\u0628"),
        ("Jos\u00e9 Nu\u00f1ez", "NAME", "JOSE NUNEZ", "[NAME]"),
        ("Jose", "NAME", "Jose\u0301!", "[NAME]!"),
        ("Stra\u00dfe", "ADDRESS", "STRASSE", "[ADDRESS]"),
        ("Whitcombe", "NAME", "Whit\u00adcombe", "[NAME]"),
        ("Ann Whitcombe", "NAME", "d'ann", "d'[NAME]"),
        ("Al Yu", "NAME", "Al et Yu", "Al et Yu"),
        ("Al", "NAME", "al cliente", "[NAME] cliente"),
        ("Ana de los Santos", "NAME", "los Santos, los pedidos", "los [NAME], los pedidos"),
        ("Mrs Lee", "NAME", "Mrs Orr", "Mrs Orr"),
        ("agent 007", "NAME", "007 agents", "007 agents"),
        ("12 Main Street", "ADDRESS", "Main Street", "Main Street"),
        ("555-0123", "PHONE", "le 555 01 23, ou 5550123", "le [PHONE], ou [PHONE]"),
        ("555-0123", "PHONE", "15550123", "15550123"),
        (EMAIL, "EMAIL", f"mail {EMAIL}", "mail [EMAIL]"),
        ("\u7530\u4e2d", "NAME", "\u7530\u4e2d\u3055\u3093", "[NAME]\u3055\u3093"),
        ("\u0930\u093e\u092e", "NAME", "\u0930\u093e\u092e!", "[NAME]!"),
        ("\u0938\u0940\u0924\u093e", "NAME", "\u0938\u0940\u0924\u093e!", "[NAME]!"),
        ("Ana", "NAME", "Ana\u20dd, Ana\u1ab0", "[NAME], [NAME]"),
        ("***", "PASSWORD", "*** *", "*** *"),
        ("", "NAME", "", ""),
    ],
)
def test_a_value_is_known_again(value, kind, text, told):
    assert masked(text, (value, kind)) == told


def test_of_values_that_overlap_the_longest_gives_its_type():
    values = [("Eleanor Whitcombe", "NAME"), (EMAIL, "EMAIL")]
    assert masked(f"{EMAIL} Eleanor", *values) == "[EMAIL] [NAME]"


def test_a_value_stays_what_it_was_first_known_as():
    personal = PersonalWords()
    assert personal.add("Lee", "NAME") == "NAME"
    assert personal.add("LEE", "OTHER") == "NAME"
    assert personal.add("!", "OTHER") == "OTHER"


def test_a_copy_learns_for_itself():
    first = PersonalWords()
    first.add("Lee", "NAME")
    second = first.copy()
    second.add("Orr Young", "NAME")
    assert second.mask("Lee Orr Young") == "[NAME] [NAME]"
    assert first.mask("Lee Orr Young") == "[NAME] Orr Young"


def test_only_what_is_sure_enough_is_learnt_from_a_text():
    pii = [
        {"type": "NAME", "begin": 0, "end": 3, "score": 0.5},
        {"type": "NAME", "begin": 4, "end": 7, "score": 0.49},
    ]
    personal = PersonalWords()
    personal.add_flagged("Ann Lee", pii, 0.5)
    assert personal.mask("Ann Lee") == "[NAME] Lee"


WORDS = st.sampled_from(
    ["ann", "Ann", "\u00c1nn", "lee", "an", "n", "7", "77", "\u7530", "stra\u00dfe"]
)
JOINTS = st.sampled_from([" ", ", ", "-", ".", "@", "  ", "'", "\n"])
TEXTS = st.lists(st.tuples(WORDS, JOINTS), max_size=8).map(
    lambda parts: "".join(word + joint for word, joint in parts)
)


@given(TEXTS, st.lists(st.tuples(TEXTS, st.sampled_from(["NAME", "SSN"])), max_size=4))
def test_no_value_is_left_as_whole_words(text, values):
    left = words(re.sub(r"\[(?:NAME|SSN)\]", " | ", masked(text, *values)))
    for value, _kind in values:
        wanted = words(value)
        places = range(len(left) - len(wanted) + 1)
        assert not wanted or wanted not in [left[at : at + len(wanted)] for at in places]


@given(TEXTS, st.lists(st.tuples(TEXTS, st.sampled_from(["NAME", "SSN"])), max_size=4))
def test_only_words_of_values_are_taken_out(text, values):
    spelled = "".join("".join(words(value)) for value, _kind in values)
    masks = re.split(r"\[(?:NAME|SSN)\]", masked(text, *values))
    pattern = "(.+?)".join(map(re.escape, masks))
    found = re.fullmatch(pattern, text, re.DOTALL)
    assert found
    for hidden in found.groups():
        assert all(word in spelled for word in words(hidden))


def words(text):
    """Spell words as the oracle does: only for what the strategy writes."""
    plain = text.casefold().replace("\u00e1", "a")
    return re.findall(r"\u7530|[a-z0-9]+|\|", plain)


def test_a_long_list_of_values_and_a_long_text_take_no_time_to_speak_of():
    personal = PersonalWords()
    for n in range(20_000):
        personal.add(f"name{n} of somebody{n}", "NAME")
    text = " ".join(f"word{n}" for n in range(20_000))
    assert personal.mask(text) == text
