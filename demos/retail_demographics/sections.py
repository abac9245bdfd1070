"""Tell one shop day as the sections of a page."""

from demos.report import parts, tables
from demos.report.closing import closing_sections
from demos.report.html import Html, join, key, tag
from demos.report.page import Section, data_source
from demos.retail_demographics.charted import (
    confidence_section,
    footfall_section,
    people_section,
)
from demos.retail_demographics.diagram import DIAGRAM
from demos.retail_demographics.results import Face, Frame, Results
from demos.retail_demographics.verdict import problems
from demos.retail_demographics.words import RESPONSIBLE_USE, STAND_INS


def all_sections(results: Results) -> list[Section]:
    """Put the story in order."""
    return [
        parts.flow_section(
            DIAGRAM,
            "Pictures are short-lived. Rows carry no picture. People read answers about groups.",
        ),
        _sent(results),
        _seen(results),
        footfall_section(results),
        people_section(results),
        confidence_section(results),
        _rejects(results),
        _proof(results),
        *closing_sections(
            results,
            ran="the function and the detector",
            counted="calls and objects as counted in this run, the rest by the model of "
            "docs/retail_demographics.md",
            stand_ins=STAND_INS,
            if_none="none; attributes are those drawn",
            use=(
                *RESPONSIBLE_USE,
                f"Rows expire after {results.retention_days} days, frames after one day at the "
                "latest.",
            ),
        ),
    ]


def hero(results: Results) -> Html:
    """Say in one screen what went in, what came out and whether it is right."""
    account = results.account
    return parts.hero(
        results,
        eyebrow="Retail demographics",
        title=f"A day in {_count_word(len(results.sent.stores))} shops",
        sub=f"Drawn pictures of a shop day ({results.day}) went through the deployed architecture "
        "in the sandbox on this machine. What you see below is what its Athena views answered.",
        shown=(
            ("frames sent", tables.number(results.sent.frames), ""),
            ("faces in the views", tables.number(account.faces_in_views), ""),
            ("bad files set aside", tables.number(account.bad_files_rejected), ""),
        ),
        verdict=parts.verdict(
            problems(account),
            "Nothing lost, nothing counted twice.",
            f"Each of {account.frames_sent} frames and {account.bad_files_sent} bad files is "
            "accounted for.",
        ),
    )


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
        parts.facts(facts),
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
        src=data_source(frame.picture, frame.media_type),
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
        tables.table("The table “rejects”", ["Key", "Reason", "Detail", "Bytes"], rows),
    )


def _proof(results: Results) -> Section:
    a = results.account
    asked = results.calls.get("rekognition:DetectFaces", 0)
    counts = [
        ("Frames", a.frames_sent, a.frames_counted, "each in exactly one analysis"),
        ("Bad files", a.bad_files_sent, a.bad_files_rejected, "each with a reason"),
        ("Faces", a.faces_reported, a.faces_in_views, "reported by Rekognition, rows in the view"),
        ("Dead letters", 0, a.dead_letters, "messages that nobody could handle"),
        ("Counted frames still in the bucket", 0, a.frames_left_in_bucket, "deleted once counted"),
    ]
    note = (
        f"The generator drew {a.faces_drawn} faces; the detector of the sandbox reported "
        f"{a.faces_reported}. {a.frames_unlike_drawing} frames differ from their drawing: those "
        "are misses or double sightings of the detector, which the architecture must carry "
        "through unchanged. "
        f"DetectFaces was called {tables.number(asked)} times; {results.objects_written} CSV "
        "objects were written."
    )
    lead = "S3 and SQS deliver at least once, in any order. The views must not show it."
    return parts.proof_section(counts, lead, note)


def _count_word(n: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[n] if n < len(words) else str(n)
