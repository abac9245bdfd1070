"""Encodings: what is decoded is what was encoded, and what cannot be known is refused."""

import codecs
import hashlib
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service_chain.decoding import (
    ASCII,
    UTF_8,
    UTF_16_BE,
    UTF_16_LE,
    WINDOWS_1252,
    decode,
    encoding_of,
)
from service_chain.failures import Refused

# No control characters, and none but those that UTF-8 and UTF-16 can hold.
WRITTEN = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n"))
ENGLISH = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, include_characters="\n"), min_size=8
)
PORTUGUESE = "Não há nada à mão: ações, maçã, pêssego, avó e avô \u2013 “já”, disse José. "


def read(data, cut=None):
    """Read as the chain does: tell the encoding by a beginning, then decode the whole."""
    head = data[:cut]
    return decode(data, encoding_of(head, complete=head == data))


@given(WRITTEN)
def test_utf_8_is_read_as_it_was_written(text):
    assert read(text.encode()) == text.removeprefix("\ufeff")


@given(WRITTEN)
def test_a_byte_order_mark_is_no_text_and_only_the_first_is_taken(text):
    assert read(codecs.BOM_UTF8 + text.encode()) == text
    assert read(codecs.BOM_UTF16_BE + text.encode("utf-16-be")) == text
    if text:  # this mark, and then nothing but zeros, is one of UTF-32
        assert read(codecs.BOM_UTF16_LE + text.encode("utf-16-le")) == text


@given(ENGLISH, st.sampled_from([UTF_16_LE, UTF_16_BE]))
def test_utf_16_without_a_mark_is_told_by_its_zeros(text, encoding):
    assert encoding_of(text.encode(encoding), complete=True) == encoding
    assert read(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", [UTF_16_LE, UTF_16_BE])
@pytest.mark.parametrize(
    "text",
    [
        "Съешь ещё этих мягких французских булок, да выпей же чаю.\r\n",
        "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.\n",
        "いろはにほへと ちりぬるを。わかよたれそ つねならむ。\r\n",
        PORTUGUESE,
        "a 👩‍👩‍👧 family\n",
    ],
)
def test_utf_16_without_a_mark_is_told_in_any_language_with_spaces(text, encoding):
    assert read(text.encode(encoding)) == text


@given(st.integers(1, 40), WRITTEN.filter(lambda text: not text.isascii()))
@example(2, "é")
def test_a_beginning_may_be_cut_within_a_character(cut, text):
    whole = f"{text}!"
    assert read(whole.encode(), len(whole.encode()) - 2) == whole.removeprefix("\ufeff")
    for encoding in (UTF_8, UTF_16_LE, UTF_16_BE):
        mark = "\ufeff".encode(encoding)
        data = mark + whole.encode(encoding)
        if not data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            assert read(data, len(mark) + cut) == whole


@given(st.lists(st.sampled_from(PORTUGUESE.split()), min_size=1))
def test_western_european_is_read_as_it_was_written(words):
    text = " ".join(words)
    assert read(text.encode("windows-1252")) == text


@pytest.mark.parametrize(
    "text",
    [
        *("Grüße aus Köln", "Öl", "naïve café", "£5 or €6?", "œuvre", "Ñandú", "à", "10 µm²"),
        *("«Þetta er íslenska, já»", "l\u2019été", "Rødgrød på Ærø, ål", "1½ °C"),
    ],
)
def test_short_western_texts_are_known(text):
    assert encoding_of(text.encode("windows-1252"), complete=True) == WINDOWS_1252


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Съешь ещё этих мягких французских булок", "cp1251"),
        ("Съешь ещё этих мягких французских булок", "koi8-r"),
        ("Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "cp1253"),
        ("いろはにほへと、ちりぬるを。", "shift_jis"),
        ("いろはにほへと、ちりぬるを。", "euc-jp"),
        ("我能吞下玻璃而不伤身体。", "gbk"),
        ("我能吞下玻璃而不傷身體。", "big5"),
        ("נמוך עם עיניים", "cp1255"),
        ("أنا قادر على أكل الزجاج", "cp1256"),
        ("Zażółć gęślą jaźń, mogła łódź", "cp1250"),
        ("Nechť již hříšné saxofony ďáblů", "cp1250"),
        ("naïve café: 5 £", "mac-roman"),
    ],
)
def test_another_alphabet_in_bytes_is_refused_and_not_garbled(text, encoding):
    with pytest.raises(Refused, match=r"not_text: .*save it as UTF-8"):
        encoding_of(text.encode(encoding, "replace"), complete=True)


@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "shift_jis", "gb2312", "ISO-8859-5"])
def test_a_page_is_read_as_it_declares(label):
    text = f'<html><head><meta charset="{label}"></head><body>Привет, мир</body></html>'
    assert read(text.encode(label)) == text


def test_a_page_that_declares_what_it_is_not_is_refused():
    page = '<meta charset="euc-jp">Grüße'.encode("windows-1252")
    with pytest.raises(Refused, match="not_text: it declares euc-jp, but byte"):
        read(page)


def test_a_page_that_declares_an_unknown_encoding_is_judged_by_its_bytes():
    assert read('<meta charset="x-mac">Grüße'.encode("windows-1252")).endswith("Grüße")


def test_a_beginning_in_ascii_tells_nothing_of_the_rest():
    start = b"plain words. " * 5
    assert encoding_of(start, complete=False) == ASCII
    assert decode(start + "Grüße".encode(), ASCII) == start.decode() + "Grüße"
    assert decode(start + "Grüße".encode("cp1252"), ASCII) == start.decode() + "Grüße"
    with pytest.raises(Refused, match="not_text"):
        decode(start + "Привет, мир".encode("cp1251"), ASCII)


@pytest.mark.parametrize(
    ("data", "cut"),
    [
        ("é".encode() * 50 + b"caf\xe9", 60),  # mixed
        ("語".encode() * 50 + "語".encode()[:2], 60),  # cut
        (codecs.BOM_UTF16_LE + "word ".encode("utf-16-le") * 50 + b"x", 60),
        (codecs.BOM_UTF16_LE + "word ".encode("utf-16-le") * 50 + b"\x00\xd8", 60),
        ("Grüße ".encode("cp1252") * 30 + b"\x81", 60),
    ],
)
def test_what_turns_out_to_be_something_else_is_refused_and_not_garbled(data, cut):
    with pytest.raises(Refused, match=r"not_text: it begins as .*, but is not from byte \d+ on"):
        read(data, cut)


def test_utf_8_with_one_wrong_byte_is_not_taken_for_western():
    data = "Grüße, Köln, Öl".encode() + b"\xff" + "für Jörg".encode()
    with pytest.raises(Refused, match="UTF-8 in most places, but not at byte 19"):
        read(data)


@pytest.mark.parametrize("place", [0, 50, 5000])
def test_a_nul_is_refused_wherever_it_stands(place):
    data = b"word " * 2000
    with pytest.raises(Refused, match=r"not_text: it has (a )?NUL"):
        read(data[:place] + b"\0" + data[place:], 1000)


@pytest.mark.parametrize(
    "data",
    [
        *(b"a\0b", b"words\0between\0nuls", b"\0", b"\0\0\0\0", b"\0\0\xfe\xff\0\0\0a"),
        "UTF-32".encode("utf-32"),
        "UTF-32".encode("utf-32-be"),
        codecs.BOM_UTF8 + b"\xff",
        codecs.BOM_UTF16_LE + b"\0\0a\0",
        codecs.BOM_UTF16_BE + b"\xd8\0\0a",
        b"A\0\0A" * 50,
        bytes(range(1, 32)),
        hashlib.shake_128(b"noise").digest(4000),
    ],
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(Refused, match=r"not_text: .*allowed: UTF-8"):
        read(data)


@given(st.binary(), st.booleans())
def test_no_bytes_are_too_strange(data, complete):
    with suppress(Refused):
        assert isinstance(decode(data, encoding_of(data, complete=complete)), str)


@pytest.mark.parametrize("half", [b"\xed\xa0\xbd", b"\xed\xb8\x80", b"\xed\xa0\xbd\xed\xb8\x80"])
@pytest.mark.parametrize("around", ["I am happy ", "\xa1Qu\xe9 ma\xf1ana! "])
@pytest.mark.parametrize("cut", [None, 4])
def test_half_a_surrogate_pair_in_utf_8_is_not_taken_for_western(half, around, cut):
    for data in (around.encode() + half, half + around.encode(), around.encode() + half + b" a"):
        with pytest.raises(Refused, match=r"not_text: it is UTF-8 |not_text: it begins as utf-8"):
            read(data, cut)


def test_a_slip_of_the_keyboard_is_no_binary_file():
    text = "word " * 100 + "\x08"
    assert read(text.encode()) == text
