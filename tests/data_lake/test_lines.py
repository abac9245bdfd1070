"""Blocks of lines: nothing is lost, cut or misplaced, whatever the stream is cut into."""

from hypothesis import given
from hypothesis import strategies as st

from data_lake.lines import LongLine, blocks

contents = st.lists(st.sampled_from([b"", b"a", b"bc", b"d" * 9, b"e" * 30]), max_size=30)
cuts = st.lists(st.integers(1, 12), min_size=1, max_size=5)


def in_chunks(content, sizes):
    place = 0
    while place < len(content):
        for size in sizes:
            yield content[place : place + size]
            place += size


def lines_of(found):
    """List number, offset and text of every line of a block."""
    for number, line in enumerate(found.content.split(b"\n")):
        yield found.first_line + number, found.offsets()[number], line


@given(contents, cuts, st.booleans())
def test_every_line_has_its_number_and_offset_and_a_long_one_its_beginning(lines, sizes, ended):
    content = b"\n".join(lines) + (b"\n" if ended else b"")
    found = list(blocks(in_chunks(content, sizes), size=20))
    told = {}
    for each in found:
        if isinstance(each, LongLine):
            told[each.first_line] = (each.offset, each.head)
        else:
            assert len(each.content) <= 20
            told |= {number: (offset, line) for number, offset, line in lines_of(each)}
    offset = 0
    for number, line in enumerate(content.split(b"\n"), 1):
        if line:
            place, text = told[number]
            assert place == offset
            assert text == line[:20]
        offset += len(line) + 1


@given(contents, cuts, cuts)
def test_how_a_stream_comes_changes_nothing(lines, one, other):
    content = b"\n".join(lines)
    first, second = (list(blocks(in_chunks(content, sizes), size=20)) for sizes in (one, other))
    assert first == second
