"""The neutral blocks of a report: what is to be seen, not how; each has two renderers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from demos.report.diagram import Diagram
from demos.report.graph import Graph

LONGEST = 6_000  # characters of a text that are shown
Look = Literal["plain", "good", "bad", "warn", "accent", "code"]


@dataclass(frozen=True, slots=True)
class Key:
    """An object key: chosen by whoever uploads, so shown exactly and without effect."""

    name: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A word or two that stand out."""

    words: str
    look: Look = "plain"


@dataclass(frozen=True, slots=True)
class Small:
    """An aside."""

    words: str


@dataclass(frozen=True, slots=True)
class Strong:
    """What is read first."""

    words: str


Cell = str | int | float | Key | Badge | Small | Strong
Inline = Cell | tuple[Cell, ...]  # of several, a space stands between


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it counts, set large."""

    label: str
    value: int | float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A few numbers beside one another."""

    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs; as a note they are set off, as a list each is a point."""

    paragraphs: Sequence[Inline]
    look: Literal["plain", "note", "small", "list"] = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their heads; a column whose cells are all numbers is aligned as numbers.

    A head that starts with ``+`` stands on the page only: a terminal is narrow.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Inline]]

    @property
    def numeric(self) -> list[bool]:
        """Say of each column whether all its cells are numbers."""
        return [
            bool(self.rows) and all(isinstance(row[n], int | float) for row in self.rows)
            for n in range(len(self.heads))
        ]


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a chart; ``None`` is withheld, a look replaces the colour of the series."""

    label: str
    value: float | None
    look: Literal["", "hatched", "quiet"] = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Upright columns on a scale that ends at ``maximum``: counts by hour, a histogram."""

    title: str
    bars: Sequence[Bar]
    maximum: float
    unit: str
    series: int = 0


@dataclass(frozen=True, slots=True)
class Bars:
    """Lying bars with their labels before and their values behind them."""

    title: str
    bars: Sequence[Bar]
    maximum: float
    unit: str
    series: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Points (x, y) in the order of x, and what they are."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines from 0 to the ends of both axes: a ROC, latency, traffic over time.

    ``marks`` are places on the x axis with their words, which may be none; ``shares`` writes y as
    percentages; one line alone is filled. The names of the axes are left out where a heading says
    them.
    """

    title: str
    lines: Sequence[Line]
    x_end: float
    y_end: float
    x_name: str = ""
    y_name: str = ""
    shares: bool = False
    marks: Sequence[tuple[float, str]] = ()
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an axis, and a value between -1 and 1 that holds along it."""

    begin: float
    end: float
    value: float
    said: str


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches that rise above or fall below a line in the middle."""

    title: str
    stretches: Sequence[Stretch]
    length: float
    above: str
    below: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened one after another: names and seconds."""

    title: str
    spans: Sequence[tuple[str, float]]


Chart = Columns | Bars | Lines | Stretches | Timeline


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a picture in shares of its sides (0 to 1): names, values, how sure (0 to 100)."""

    left: float
    top: float
    width: float
    height: float
    name: str
    facts: Sequence[tuple[str, str, float | None]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with the spots that were found in it."""

    key: Key
    data: bytes
    media_type: str
    words: str
    caption: str
    spots: Sequence[Spot] = ()


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures side by side, as many as there is room for."""

    pictures: Sequence[Picture]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text, as characters from its beginning, what it is and how sure."""

    begin: int
    end: int
    look: Literal["entity", "personal"]
    type: str
    score: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A text in a language, with what was found in it."""

    text: str
    language: str
    marks: Sequence[Mark] = ()

    def pieces(self) -> list[tuple[str, int, tuple[Mark, ...]]]:
        """Cut the text wherever a mark begins or ends: words, their end, and what covers them.

        What is longer than is shown is left out.
        """
        text = self.text[:LONGEST]
        marks = sorted(
            (mark for mark in self.marks if mark.end <= len(text)),
            key=lambda mark: (mark.begin, -mark.end, mark.look),
        )
        cuts = {0, len(text), *(m.begin for m in marks), *(m.end for m in marks)}
        return [
            (text[a:b], b, tuple(m for m in marks if m.begin <= a and b <= m.end))
            for a, b in pairwise(sorted(cuts))
        ]


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word: seconds in the recording, and where it stands in the text."""

    start: float
    end: float
    confidence: float | None
    begin: int
    end_offset: int
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A sound over what was heard in it; on the page the words follow."""

    key: Key
    sound: bytes
    media_type: str
    text: str
    language: str
    words: Sequence[Word]
    caption: str


@dataclass(frozen=True, slots=True)
class Legend:
    """What the looks of a chart or of a text mean: look, sample, meaning."""

    entries: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Panel:
    """Blocks under a heading of their own; ``series`` gives it the colour of its chart."""

    heading: Inline
    blocks: Sequence["Block"]
    aside: str = ""
    series: int | None = None


@dataclass(frozen=True, slots=True)
class Panels:
    """Panels side by side, as many as there is room for."""

    panels: Sequence[Panel]
    small: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    words: Inline
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """What opens on demand; a terminal leaves out what is not open."""

    summary: Inline
    blocks: Sequence["Block"]
    open: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What came out beside what should; ``advice`` names what is wrong and what to do next."""

    what: str
    expected: int | str
    found: int | str
    advice: str
    means: str = ""

    @property
    def passed(self) -> bool:
        """Whether it came out as it should."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Checks:
    """All checks, passed or not."""

    checks: Sequence[Check]


Block = (
    Figures | Text | Table | Chart | Pictures | Passage | Transcript | Legend | Panels | Heading
    | Folded | Checks | Diagram | Graph
)  # fmt: skip


def numbers(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Inline]]) -> Folded:
    """Fold the numbers of a chart into a table."""
    return Folded("The numbers", [Table(caption, heads, rows)], small=True)
