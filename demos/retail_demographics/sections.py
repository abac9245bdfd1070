"""Tell one shop day as the sections of a page."""

from collections.abc import Sequence

from demos.report import charts
from demos.report.charts import Span
from demos.report.html import Html, join, key, tag
from demos.report.page import Section, picture_source
from demos.retail_demographics.charted import (
    confidence_section,
    footfall_section,
    people_section,
)
from demos.retail_demographics.picture import architecture
from demos.retail_demographics.results import Account, Face, Frame, Results
from demos.retail_demographics.verdict import problems
from demos.retail_demographics.words import RESPONSIBLE_USE, STAND_INS


def all_sections(results: Results) -> list[Section]:
    """Put the story in order."""
    return [
        _picture(),
        _sent(results),
        _seen(results),
        footfall_section(results),
        people_section(results),
        confidence_section(results),
        _rejects(results),
        _count(results),
        _timings(results),
        _costs(results),
        _real(results),
        _responsible(results),
    ]


def hero(results: Results) -> Html:
    """Say in one screen what went in, what came out and whether it is right."""
    wrong = problems(results.account)
    seconds = sum(phase.seconds for phase in results.phases)
    figures = (
        ("frames sent", charts.number(results.sent.frames), ""),
        ("faces in the views", charts.number(results.account.faces_in_views), ""),
        ("bad files set aside", charts.number(results.account.bad_files_rejected), ""),
        ("from start to finish", f"{seconds:.0f}", " s"),
    )
    return join(
        [
            tag("p", "Retail demographics", class_="eyebrow"),
            tag("h1", f"A day in {_count_word(len(results.sent.stores))} shops"),
            tag(
                "p",
                f"Drawn pictures of a shop day ({results.day}) went through the deployed "
                "architecture in the sandbox on this machine. What you see below is what "
                "its Athena views answered.",
                class_="sub",
            ),
            tag(
                "dl",
                *(
                    tag("div", tag("dt", label), tag("dd", value, tag("small", unit)))
                    for label, value, unit in figures
                ),
                class_="figures",
            ),
            _verdict(wrong, results.account),
        ]
    )


def _verdict(wrong: Sequence[str], account: Account) -> Html:
    if wrong:
        sign, words = "M12 4 2.500 20h19zM12 10v5M12 17.500v.500", tag("ul", *map(_li, wrong))
    else:
        sign = "M4 12.500 9.500 18 20 6.500"
        words = tag(
            "p",
            tag("strong", "Nothing lost, nothing counted twice. "),
            f"Each of {account.frames_sent} frames and {account.bad_files_sent} bad files is "
            "accounted for.",
        )
    glyph = tag("svg", tag("path", d=sign), viewBox="0 0 24 24", aria_hidden="true")
    return tag("div", glyph, words, class_="verdict bad" if wrong else "verdict", role="status")


def _li(value: object) -> Html:
    return tag("li", value)


def _picture() -> Section:
    return Section(
        "flow",
        "How it flows",
        "Pictures are short-lived. Rows carry no picture. People read answers about groups.",
        tag("div", architecture(), class_="architecture", tabindex="0", role="region",
            aria_label="The architecture"),
    )  # fmt: skip


def _sent(results: Results) -> Section:
    sent = results.sent
    facts = (
        ("stores", len(sent.stores)),
        ("cameras", sent.cameras),
        ("hours", sent.hours),
        ("frames", sent.frames),
        ("faces drawn", sent.faces_drawn),
        ("bad files", sent.bad_files),
        ("megabytes", round(sent.size_bytes / 1e6, 1)),
    )
    return Section(
        "sent",
        "What was sent",
        "Uploaded with plain boto3, as any camera would. No face here belongs to a person: code "
        "of this project draws them.",
        tag(
            "dl",
            *(tag("div", tag("dt", what), tag("dd", charts.number(n))) for what, n in facts),
            class_="facts",
        ),
    )


def _seen(results: Results) -> Section:
    return Section(
        "seen",
        "What was seen",
        "A frame of each camera in which the detector saw what was drawn, with the boxes of the "
        "view “faces”. Point at one, or reach it with the Tab key, for its attributes.",
        tag("div", *map(_frame, results.frames), class_="frames"),
    )


def _frame(frame: Frame) -> Html:
    found = len(frame.faces)
    what = "no face" if not found else "1 face" if found == 1 else f"{found} faces"
    image = tag(
        "img",
        src=picture_source(frame.picture, frame.media_type),
        alt=f"Drawn frame with {what} found",
    )
    caption = tag("figcaption", key(frame.key), tag("span", what))
    view = tag("div", image, *map(_face, frame.faces), class_="view")
    return tag("figure", view, caption, class_="frame")


def _face(face: Face) -> Html:
    side = "leftmost" if face.left < 0.25 else "rightmost" if face.left + face.width > 0.75 else ""
    low = "low" if face.top > 0.45 else ""
    lines = join(
        tag("dt", a.name)
        + tag("dd", a.value)
        + tag("dd", "" if a.confidence is None else f"{a.confidence:.0f} %", class_="number")
        for a in face.attributes
    )
    said = ", ".join(f"{a.name} {a.value}" for a in face.attributes)
    return tag(
        "div",
        tag("div", tag("dl", lines), class_="card"),
        class_=" ".join(filter(None, ["face", side, low])),
        style=f"left:{face.left:.2%};top:{face.top:.2%};width:{face.width:.2%};height:{face.height:.2%}",
        tabindex="0",
        role="img",
        aria_label=f"Face: {said}",
    )


def _rejects(results: Results) -> Section:
    rows = [
        (key(r.key), tag("span", r.reason, class_="reason"), r.detail, r.size_bytes)
        for r in results.rejects
    ]
    return Section(
        "rejects",
        "Set aside, with a reason",
        "A file that can never work is not tried again. It leaves a row that says why, and stays "
        "in the bucket for a day so that a person can look.",
        charts.table("The table “rejects”", ["Key", "Reason", "Detail", "Bytes"], rows),
    )


def _count(results: Results) -> Section:
    a = results.account
    asked = results.calls.get("rekognition:DetectFaces", 0)
    rows = [
        ("Frames", a.frames_sent, a.frames_counted, "each in exactly one analysis"),
        ("Bad files", a.bad_files_sent, a.bad_files_rejected, "each with a reason"),
        ("Faces", a.faces_reported, a.faces_in_views, "reported by Rekognition, rows in the view"),
        ("Dead letters", 0, a.dead_letters, "messages that nobody could handle"),
        ("Counted frames still in the bucket", 0, a.frames_left_in_bucket, "deleted once counted"),
    ]
    drawn = tag(
        "p",
        f"The generator drew {a.faces_drawn} faces; the detector of the sandbox reported "
        f"{a.faces_reported}. {a.frames_unlike_drawing} frames differ from their drawing: those "
        "are misses or double sightings of the detector, which the architecture must carry "
        "through unchanged. "
        f"DetectFaces was called {charts.number(asked)} times; {results.objects_written} CSV "
        "objects were written.",
        class_="small",
    )
    return Section(
        "proof",
        "Nothing lost, nothing twice",
        "S3 and SQS deliver at least once, in any order. The views must not show it.",
        charts.table("Expected and found", ["What", "Expected", "Found", "Which means"], rows)
        + drawn,
    )


def _timings(results: Results) -> Section:
    spans, start = [], 0.0
    for phase in results.phases:
        spans.append(Span(phase.name, start, phase.seconds))
        start += phase.seconds
    rows = [(phase.name, round(phase.seconds, 1)) for phase in results.phases]
    return Section(
        "time",
        "Where the time went",
        "Measured on this machine while everything ran on it: the real CDK command line, the "
        "emulator, the function and the detector. AWS's times differ.",
        charts.timeline(spans, colour="s1", title="The phases of this run")
        + charts.behind("The phases", ["Phase", "Seconds"], rows),
    )


def _costs(results: Results) -> Section:
    rows = [(c.item, f"{c.low:.5f}", f"{c.high:.5f}", c.why) for c in results.costs]
    low, high = sum(c.low for c in results.costs), sum(c.high for c in results.costs)
    spent = f"${low:.3f} to ${high:.3f}"
    return Section(
        "cost",
        "What this run would cost at AWS",
        f"{spent} at list prices of us-east-1: calls and objects as counted in "
        "this run, the rest by the model of docs/retail_demographics.md, which also has what a "
        "month costs at rest.",
        charts.table("A good day and a bad one", ["Item", "Low, $", "High, $", "Because"], rows),
    )


def _real(results: Results) -> Section:
    named = ", ".join(results.synthetic) or "none; attributes are those drawn"
    rows = [
        (what, tag("span", mark, class_="tagged" if mark == "real" else "tagged standin"), how)
        for what, mark, how in STAND_INS
    ]
    return Section(
        "stand-ins",
        "What is real here, and what stands in",
        f"Answers that the sandbox marked synthetic: {named}.",
        charts.table("In this sandbox", ["What", "Is", "How"], rows),
    )


def _responsible(results: Results) -> Section:
    points = (
        *RESPONSIBLE_USE,
        f"Rows expire after {results.retention_days} days, frames after one day at the latest.",
    )
    return Section(
        "responsibility",
        "Responsible use",
        "What this architecture is for, and what it must not be used for.",
        tag("ul", *map(_li, points), class_="plain"),
    )


def _count_word(n: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[n] if n < len(words) else str(n)
