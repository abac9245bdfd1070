"""The sections that chart what the views answered."""

from collections.abc import Sequence

from demos.report import charts, tables
from demos.report.charts import Bar
from demos.report.html import Html, join, tag
from demos.report.page import Section
from demos.retail_demographics.results import Results

MOOD_ORDER = (
    "happy", "calm", "surprised", "confused", "sad", "fear", "disgusted", "angry",
)  # fmt: skip
WITHHELD, DOUBTFUL = "withheld", "unknown"


def footfall_section(results: Results) -> Section:
    """Chart the faces of each store by hour."""
    top = max((row.faces or 0 for row in results.footfall), default=0)
    maximum = charts.nice_maximum(top)
    panels = []
    for n, store in enumerate(results.sent.stores):
        rows = [row for row in results.footfall if row.store == store]
        known = sum(row.faces or 0 for row in rows)
        drawn = charts.columns(
            [Bar(row.hour, row.faces) for row in rows],
            maximum=maximum,
            colour=charts.series(n),
            title=f"Faces seen in {store} by hour",
            unit="faces",
        )
        panels.append(_panel(n, store, f"{known} faces", drawn))
    numbers = [
        (row.store, row.hour, row.frames, WITHHELD if row.faces is None else str(row.faces))
        for row in results.footfall
    ]
    return Section(
        "footfall",
        "Footfall by hour",
        "Faces per store and hour, in the shop's own time zone. An hour without a face is a zero, "
        "not a gap.",
        join(
            [
                tag("div", *panels, class_="panels"),
                _hatch_key(results.group_size),
                tables.behind(
                    "demographics_by_store_hour, dimension “all”",
                    ["Store", "Hour", "Frames", "Faces"],
                    numbers,
                ),
            ]
        ),
    )


def people_section(results: Results) -> Section:
    """Chart age bands and moods of each store, and say why some are withheld."""
    ages = _by_store(results, "age_band", results.age_bands)
    moods = _by_store(results, "emotion", MOOD_ORDER)
    numbers = [(g.store, g.dimension, _shown(g.value), g.faces) for g in results.groups]
    k = results.group_size
    note = tag(
        "div",
        tag(
            "p",
            tag("strong", f"Why some faces are withheld (k = {k}). "),
            f"A group of fewer than {k} faces in one store and hour could point at a person, so "
            "the view does not publish it. It is folded into “withheld”, together with the next "
            "smallest group if the sum would still give it away. More traffic means fewer "
            "withheld faces.",
        ),
        tag(
            "p",
            "“Doubtful” are faces whose attribute did not reach its own confidence threshold: "
            "they count as visitors, but not as happy or sad.",
        ),
        class_="note",
    )
    return Section(
        "people",
        "Age and mood by store",
        "Sums of the hourly groups that the view publishes. Age and mood are how a face appears to "
        "a model, not how a person is.",
        join(
            [
                tag("h3", "Age bands", class_="over"),
                tag("div", *ages, class_="panels"),
                tag("div", tag("h3", "Moods", class_="over"), class_="rule"),
                tag("div", *moods, class_="panels"),
                note,
                tables.behind(
                    "demographics_by_store_hour, summed over the day",
                    ["Store", "Dimension", "Value", "Faces"],
                    numbers,
                ),
            ]
        ),
    )


def _by_store(results: Results, dimension: str, order: Sequence[str]) -> list[Html]:
    groups = [g for g in results.groups if g.dimension == dimension]
    values = sorted({g.value for g in groups}, key=lambda v: _place(v, order))
    maximum = max((g.faces for g in groups), default=1) or 1
    panels = []
    for n, store in enumerate(results.sent.stores):
        faces = {g.value: g.faces for g in groups if g.store == store}
        rows = [Bar(_shown(value), faces.get(value, 0), _look(value)) for value in values]
        title = f"{dimension.replace('_', ' ')} of the faces in {store}"
        drawn = charts.bars(
            rows, maximum=maximum, colour=charts.series(n), title=title, unit="faces"
        )
        panels.append(_panel(n, store, "", drawn))
    return panels


def _look(value: str) -> str:
    if value == WITHHELD:
        return charts.HATCH
    return charts.QUIET if value in (DOUBTFUL, "") else ""


def _place(value: str, order: Sequence[str]) -> tuple[int, str]:
    if value in (DOUBTFUL, ""):
        return (len(order) + 1, value)
    if value == WITHHELD:
        return (len(order) + 2, value)
    return (order.index(value) if value in order else len(order), value)


def _shown(value: str) -> str:
    return "doubtful" if value in (DOUBTFUL, "") else value


def _panel(n: int, heading: str, aside: str, body: Html, *, swatch: bool = True) -> Html:
    mark = tag("span", class_=f"swatch {charts.series(n)}") if swatch else ""
    title = tag("h3", mark, tag("span", heading), tag("small", aside) if aside else "")
    return tag("figure", title, body, class_="panel")


def _hatch_key(group_size: int) -> Html:
    sample = tag("svg", tag("rect", width=18, height=12, rx=2, class_="hatched"), class_="chart",
                 aria_hidden="true", viewBox="0 0 18 12")  # fmt: skip
    words = f"withheld: between 1 and {group_size - 1} faces, too few to publish"
    return tag("p", tag("span", sample, words), class_="key-line")


def confidence_section(results: Results) -> Section:
    """Chart how many faces keep each attribute as its threshold rises."""
    panels = []
    attributes = list(dict.fromkeys(row.attribute for row in results.profile))
    for attribute in attributes:
        rows = sorted(
            (row for row in results.profile if row.attribute == attribute),
            key=lambda row: row.threshold,
        )
        points = [(row.threshold, row.share) for row in rows]
        mark = results.thresholds.get(attribute)
        kept = "" if mark is None or not points else charts.interpolate(points, mark)
        aside = "no threshold" if kept == "" else f"≥ {mark:g}: {kept:.0%} kept"
        title = f"Share of faces whose {attribute} reaches each confidence"
        drawn = charts.profile(points, mark=mark, colour="s1", title=title)
        panels.append(_panel(0, attribute.replace("_", " "), aside, drawn, swatch=False))
    numbers = [(row.attribute, row.threshold, row.faces, f"{row.share:.1%}")
               for row in results.profile]  # fmt: skip
    return Section(
        "confidence",
        "Which confidence to ask for",
        "For every threshold, the share of faces that would keep the attribute. The dashed line is "
        "the threshold in the settings: below it the view “demographics” says NULL, and the face "
        "still counts.",
        join(
            [
                tag("div", *panels, class_="panels small-panels"),
                tables.behind(
                    "confidence_profile",
                    ["Attribute", "Threshold", "Faces", "Share"],
                    numbers,
                ),
            ]
        ),
    )
