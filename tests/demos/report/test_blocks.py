"""The law of blocks: each has two renderers, and neither lets a text become anything else."""

import io
from typing import get_args

import pytest
from rich.console import Console

from demos.report import terminal, web
from demos.report.blocks import (
    Badge,
    Bar,
    Bars,
    Block,
    Check,
    Checks,
    Columns,
    Figure,
    Figures,
    Folded,
    Heading,
    Key,
    Legend,
    Line,
    Lines,
    Mark,
    Panel,
    Panels,
    Passage,
    Picture,
    Pictures,
    Small,
    Spot,
    Stretch,
    Stretches,
    Strong,
    Table,
    Text,
    Timeline,
    Transcript,
    Word,
)
from demos.report.diagram import Diagram, Node, Strip
from demos.report.graph import Box, Graph, Part, Way

EVIL = "<script>alert(1)</script>\u202e"
COLUMNS = Columns(EVIL, [Bar("<b>", 3), Bar(EVIL, None)], 4, EVIL)
BOX = Box(EVIL, EVIL, EVIL, EVIL, "done")
EXAMPLES: list[Block] = [
    Figures([Figure(EVIL, 1234, EVIL)]),
    Text([(EVIL, Strong(EVIL), Small(EVIL))], "note"),
    Table(EVIL, [EVIL, "n"], [(Key(EVIL), 1), (Badge(EVIL, "good"), 2), (EVIL, 3)]),
    COLUMNS,
    Bars(EVIL, [Bar(EVIL, 3, "quiet")], 4, EVIL),
    Lines(EVIL, [Line(EVIL, [(0, 0), (1, 1)]), Line("b", [(0, 1)])], 1, 1, EVIL, EVIL,
          marks=[(0.5, EVIL)]),
    Stretches(EVIL, [Stretch(0, 2, 0.5, EVIL)], 3, EVIL, EVIL),
    Timeline(EVIL, [(EVIL, 2.5)]),
    Pictures([Picture(Key(EVIL), b"x", "image/png", EVIL, EVIL,
                      [Spot(0.1, 0.1, 0.2, 0.2, EVIL, [(EVIL, EVIL, 12.0)])])]),
    Passage(f"a {EVIL}", "en", [Mark(0, 4, "entity", EVIL, 0.5)]),
    Transcript(Key(EVIL), b"x", "audio/wav", f"{EVIL} b", "en",
               [Word(0, 1, 0.2, 0, 8, EVIL)], EVIL),
    Legend([("hatched", EVIL, EVIL), ("entity", EVIL, EVIL)]),
    Panels([Panel(EVIL, [COLUMNS], EVIL, series=1), Panel((EVIL,), [Text([EVIL])])]),
    Heading(EVIL),
    Folded(EVIL, [Text([EVIL], "list")], open=True),
    Checks([Check(EVIL, 1, 2, EVIL, EVIL)]),
    Diagram(200, 100, EVIL, (), [Node(0, 0, 90, 40, "page", EVIL, EVIL)], (),
            Strip(0, 50, 200, [("key", EVIL, EVIL)])),
    Graph("g", EVIL, Part({"a": BOX, "b": BOX}, [Way("a", "b", True, EVIL)])),
]  # fmt: skip
NAMES = [type(example).__name__ for example in EXAMPLES]


def printed(block):
    page = io.StringIO()
    console = Console(file=page, width=80)
    for shown in terminal.text(block, 80):
        console.print(shown)
    return page.getvalue()


def test_every_block_has_an_example():
    assert {type(example) for example in EXAMPLES} == set(get_args(Block))


@pytest.mark.parametrize("block", EXAMPLES, ids=NAMES)
def test_every_block_is_shown_on_a_page_and_nothing_in_it_runs(block, read):
    reader = read(web.html(block))
    assert reader.open == []
    assert reader.tags
    assert "script" not in reader.tags
    assert not [name for _, name, _ in reader.attributes if name.startswith("on")]
    assert "\u202e" not in web.html(block)


@pytest.mark.parametrize("block", EXAMPLES, ids=NAMES)
def test_every_block_is_shown_in_a_terminal_as_wide_as_it(block):
    lines = printed(block).splitlines()
    assert any(line.strip() for line in lines)
    assert max(map(len, lines)) <= 80
    assert "\u202e" not in printed(block)


def test_what_is_folded_stays_out_of_a_terminal():
    assert printed(Folded("More", [Text(["hidden"])])) == ""


def test_a_head_for_the_page_only_stays_out_of_a_terminal():
    table = Table("t", ["a", "+b"], [("one", "two")])
    assert "two" in web.html(table)
    assert "two" not in printed(table)
