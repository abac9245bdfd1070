"""The engines below Translate: what is kept, what is pretended, what Apertium is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.language import pseudo_translation
from sandbox.services.translate import apertium, terminology
from sandbox.services.translate.terminology import TerminologyError
from sandbox.services.translate.translation import Translator, split

TMX = """<?xml version="1.0"?><tmx version="1.4"><header srclang="{first}"/><body>
<tu><tuv xml:lang="fr"><seg>chat</seg></tuv><tuv xml:lang="EN-us"><seg>cat</seg></tuv></tu>
</body></tmx>"""


@pytest.fixture
def translator(mode, monkeypatch):
    monkeypatch.setattr(apertium, "pairs", lambda: {("en", "es"): mode})
    made = Translator()
    yield made
    made.close()


@given(st.text(), st.dictionaries(st.text(min_size=1, max_size=4), st.text(max_size=4)))
def test_the_pieces_of_a_text_are_the_whole_text_but_for_its_terms(text, terms):
    pieces, applied = split(text, terms)
    if not applied:
        assert "".join(piece for piece, _ in pieces) == text
    assert applied.items() <= terms.items()


@given(st.text(alphabet=st.characters(max_codepoint=0x7F)))
def test_an_english_text_can_be_read_back_from_its_pretended_translation(text):
    pieces, _ = split(text, {})
    assert pseudo_translation.reveal(pseudo_translation.translate(pieces, "de")) == " " * 5 + text


@pytest.mark.parametrize(
    "kept",
    [
        "anna@example.com",
        "https://example.com/a?b=c",
        "{name}",
        "{{ name }}",
        "%s",
        "%(name)s",
        "${NAME}",
        "<b>",
        "</b>",
        "12.50",
    ],
)
def test_what_no_translator_touches_stays(kept):
    pieces, _ = split(f"see {kept} now", {})
    assert f" {kept} " in pseudo_translation.translate(pieces, "de")


def test_a_term_inside_an_address_is_not_replaced():
    pieces, applied = split("see anna@example.com or an example", {"example": "Beispiel"})
    assert "".join(text for text, _ in pieces) == "see anna@example.com or an Beispiel"
    assert applied == {"example": "Beispiel"}


def test_every_look_alike_is_one_letter_for_one_letter():
    ascii_letters = [chr(c) for c in range(128) if chr(c).isalpha()]
    alike = [pseudo_translation.disguise(letter) for letter in ascii_letters]
    assert len(set(alike)) == 52
    assert all(len(letter) == 1 and letter.isalpha() and ord(letter) > 127 for letter in alike)


def test_a_mode_is_told_to_answer_at_once_and_to_mark_no_word():
    mode = "lt-proc '/a b/x.bin' | apertium-tagger -g $2 y.prob | lt-proc $1 z.bin"
    assert apertium.stages(mode) == [
        ["lt-proc", "-z", "/a b/x.bin"],
        ["apertium-tagger", "-z", "-g", "y.prob"],
        ["lt-proc", "-z", "-n", "z.bin"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "  one  \n\n\ttwo\n",
        "no full stop",
        "a [b] {c} ^d$ \\e\\ /f/ @g <h",
        "日本語 😀 é",
        "\n",
        "it costs 3.50 today.",
    ],
)
def test_apertium_gets_any_text_and_keeps_its_lines(translator, text):
    made = translator.translate(text, "en", "es", {})
    assert made.engine == "apertium"
    assert made.text.count("\n") == text.count("\n")
    assert made.text.endswith(".") == text.endswith(".")
    assert [c for c in made.text if c in "[]{}^$\\/@<"] == [c for c in text if c in "[]{}^$\\/@<"]


@pytest.fixture(scope="module")
def pipeline(mode):
    made = apertium.Pipeline(mode)
    yield made
    made.close()


@settings(max_examples=50, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_stops_apertium(pipeline, text):
    assert pipeline.translate([(text, False)]).count("\n") == text.count("\n")


def test_a_pipeline_that_was_killed_is_reported_and_then_started_anew(mode):
    pipeline = apertium.Pipeline(mode)
    assert pipeline.translate([("house", False)])
    pipeline._stages[0].kill()
    pipeline._stages[0].wait()
    with pytest.raises(apertium.ApertiumError):
        pipeline.translate([("house", False)])
    assert pipeline.translate([("The house.", False)]) == "La casa."
    pipeline.close()


@pytest.mark.parametrize("form", ["CSV", "TSV"])
def test_a_table_of_terms_is_read(form):
    rows = [["en", "fr"], ["cat, or dog", "chat"], ["", "chien"]]
    text = "".join(
        (",".join(f'"{cell}"' for cell in row) if form == "CSV" else "\t".join(row)) + "\r\n"
        for row in rows
    )
    read = terminology.read(b"\xef\xbb\xbf" + text.encode(), form, multi=False)
    assert read.terms("en", "fr") == {"cat, or dog": "chat"}
    assert read.terms("fr", "en") == {}


def test_a_terminology_in_all_directions_has_every_language_as_source():
    read = terminology.read(b"en,fr\ncat,chat\n", "CSV", multi=True)
    assert read.terms("fr", "en") == {"chat": "cat"}


@pytest.mark.parametrize(("first", "source"), [("en", "en"), ("fr", "fr")])
def test_a_translation_memory_is_read_and_names_its_source(first, source):
    read = terminology.read(TMX.format(first=first).encode(), "TMX", multi=False)
    assert read.languages[0] == source
    assert read.terms("en", "fr") == ({"cat": "chat"} if source == "en" else {})


@pytest.mark.parametrize(
    ("content", "form", "says"),
    [
        (b"<tmx", "TMX", "is not TMX"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><tmx>&b;</tmx>', "TMX", "is not TMX"),
        (b"en,fr\n" + b"a" * 201 + b",b\n", "CSV", "longer than 200 bytes"),
        (b"en,fr,fr\na,b,c\n", "CSV", "names the languages"),
        (b"en,fr\na,b,c\n", "CSV", "row 2"),
    ],
)
def test_a_terminology_that_cannot_be_read_says_why(content, form, says):
    with pytest.raises(TerminologyError, match=says):
        terminology.read(content, form, multi=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a console", ["konsole"]),
        ("A CONSOLE", ["KONSOLE"]),
        ("Console", ["Konsole"]),
        ("coNsole", ["konsole"]),
        ("consoles", []),
    ],
)
def test_a_term_takes_the_capitals_of_the_text(text, expected):
    found = terminology.occurrences(text, {"console": "konsole"})
    assert [stays for *_, stays in found] == expected
