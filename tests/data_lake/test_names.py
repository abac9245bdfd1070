"""Whoever is looked for is found, in whatever file and spelling, and nobody else is."""

import gzip
import zlib

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_lake.contract import ENCODINGS
from data_lake.held_names import (
    UnreadableError,
    is_parquet,
    names_in,
    names_in_rows,
    values_of,
    write_without,
)
from data_lake.names import FEW_WORDS, Names

PERSON = "p-00c0ffee"
NAMES = Names([PERSON, "v-0123456789ab", "Jürgen O'Brien"])


@pytest.mark.parametrize(
    "text",
    [
        "v-1;p-00c0ffee;7\n",
        '{"visitor": "p-00c0ffee"}',
        '{"visitor": "\\u0070-00c0ffee"}',
        "a\nJürgen O'Brien\n",
        "visit v-0123456789ab.",
    ],
)
def test_a_name_is_found_in_a_text(text):
    for encoding in ENCODINGS:
        assert NAMES.are_in(text.encode(encoding))


@pytest.mark.parametrize("text", ["p-00c0ffee1", "xp-00c0ffee", "p-00c0ffe", "Jürgen O", ""])
def test_a_part_of_another_word_is_no_name(text):
    assert not NAMES.are_in(text.encode())


@given(
    before=st.text("ab-;\n", max_size=40),
    behind=st.text("ab-;\n", max_size=40),
    size=st.integers(1, 20),
)
def test_a_name_is_found_wherever_a_stream_is_cut(before, behind, size):
    content = f"{before};{PERSON};{behind}".encode()
    chunks = [content[n : n + size] for n in range(0, len(content), size)]
    assert NAMES.are_in_any(chunks)
    assert not Names(["p-other"]).are_in_any(chunks)


def test_names_are_kept_a_line_each():
    assert Names.of_lines(NAMES.lines).texts == NAMES.texts
    with pytest.raises(ValueError, match="no letter"):
        Names(["; ;"])


@given(
    texts=st.lists(st.text("pc0f-; \u00fc", max_size=12), max_size=8),
    names=st.lists(st.text("pc0f-\u00fc", min_size=1, max_size=4), min_size=1, max_size=5),
)
def test_many_names_are_found_as_few_are(texts, names):
    known = [name for name in names if name.strip("-")]
    others = [f"other-{n}" for n in range(FEW_WORDS)]
    content = "\n".join(texts).encode()
    assert Names(known).are_in(content) == Names([*known, *others]).are_in(content)


def named(path, names=NAMES):
    with path.open("rb") as file:
        return names_in_rows(path, names) if is_parquet(file) else names_in(file, names)


def parquet(path, rows):
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t (visit VARCHAR, visitor VARCHAR, seconds DECIMAL(9,2))")
        con.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        con.execute(f"COPY t TO '{path}' (FORMAT parquet)")


def avro(content, codec=b"deflate"):
    def long(number):
        number, out = number << 1, bytearray()
        while True:
            number, low = number >> 7, number & 0x7F
            out.append(low | (0x80 if number else 0))
            if not number:
                return bytes(out)

    packed = zlib.compress(content)[2:-4] if codec == b"deflate" else content
    head = long(1) + long(10) + b"avro.codec" + long(len(codec)) + codec + long(0)
    return b"Obj\x01" + head + b"s" * 16 + long(1) + long(len(packed)) + packed + b"s" * 16


@pytest.mark.parametrize(
    "pack",
    [
        lambda content: content,
        gzip.compress,
        lambda content: gzip.compress(b"a\n") + gzip.compress(content),
        lambda content: gzip.compress(content + b"\n" * 999)[:-9],  # torn
        avro,
        lambda content: avro(content, b"null"),
    ],
    ids=["text", "gzip", "two members", "torn gzip", "avro", "plain avro"],
)
def test_a_name_is_found_in_a_file(tmp_path, pack):
    path = tmp_path / "object"
    path.write_bytes(pack(f"a;{PERSON};b".encode()))
    assert named(path)
    path.write_bytes(pack(b"a;p-12345678;b"))
    assert not named(path)


def test_rows_of_a_person_are_left_out_and_no_others(tmp_path):
    path, kept = tmp_path / "object", tmp_path / "kept"
    rows = [("v-0123456789ab", "x", 1), ("v-2", PERSON, 2), ("v-3", "y", 3), (None, None, None)]
    parquet(path, rows)
    assert named(path)
    assert not names_in_rows(path, NAMES, range(2, 4))
    assert write_without(path, NAMES, kept) == 2
    assert not named(kept)
    with duckdb.connect() as con:
        found = con.execute(f"FROM read_parquet('{kept}')")
        assert [str(c[1]) for c in found.description] == ["VARCHAR", "VARCHAR", "DECIMAL(9,2)"]
        assert found.fetchall() == [("v-3", "y", 3), (None, None, None)]


def test_the_keys_of_a_persons_records_are_read(tmp_path):
    path = tmp_path / "object"
    parquet(path, [("v-1", PERSON, 1), ("v-2", "x", 2), ("v-3", PERSON, 3)])
    assert values_of(path, "visitor", PERSON, "visit") == {"v-1", "v-3"}


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", "\ufefftext".encode("utf-16-le"), b"PAR1 torn", avro(b"x", b"zstandard")],
)
def test_what_nobody_can_look_into_is_told(tmp_path, content):
    path = tmp_path / "object"
    path.write_bytes(content)
    with pytest.raises(UnreadableError):
        named(path)
