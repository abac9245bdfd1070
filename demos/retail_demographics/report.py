"""Tell one shop day: what was sent, what the views answered, and whether it is right."""

from collections.abc import Sequence

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
    Heading,
    Key,
    Legend,
    Line,
    Lines,
    Panel,
    Panels,
    Pictures,
    Strong,
    Table,
    Text,
    numbers,
)
from demos.report.charts import interpolate, nice_maximum
from demos.report.closing import CDK, EMULATOR
from demos.report.markup import number
from demos.report.sections import Report, Section, StandIn
from demos.retail_demographics.checks import checks
from demos.retail_demographics.diagram import DIAGRAM
from demos.retail_demographics.results import Results

MOOD_ORDER = (
    "happy", "calm", "surprised", "confused", "sad", "fear", "disgusted", "angry",
)  # fmt: skip
WITHHELD, DOUBTFUL = "withheld", ("unknown", "")
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
STAND_INS = (
    CDK,
    StandIn(
        "The function's code",
        True,
        "Runs unchanged, with the role's permissions enforced. On this machine's Python and "
        "processor, without Lambda's memory limit.",
    ),
    StandIn(
        "Face boxes", True, "OpenCV's Haar cascade looks at the pixels. It is not Rekognition."
    ),
    StandIn(
        "Confidence, brightness, sharpness, eyes",
        False,
        "Derived from that detector and from the pixels.",
    ),
    StandIn(
        "Age, gender, emotion and the like",
        False,
        "What was drawn, as the generator wrote it into the picture. For any other picture a hash "
        "at confidence 50, marked synthetic. Nothing here guesses at people.",
    ),
    StandIn("Athena", False, "The views' own SQL, translated for DuckDB, types checked."),
    StandIn("S3, SQS, DynamoDB, KMS, IAM", False, EMULATOR),
)
RESPONSIBLE_USE = (
    "Counting visitors of a place as groups, where the law and the visitors' notice allow it. "
    "Check both before a camera is switched on.",
    "Not for recognising, following or deciding about a person. Nothing here stores a face "
    "vector, a landmark or an identity.",
    "Gender is a binary guess at appearance. AWS says: not designed to categorize a person's "
    "gender identity; best suited for aggregate statistics; not recommended for decisions that "
    "impact rights, privacy or access to services.",
    "An emotion is a guess from an expression, not a person's inner state. AWS forbids use that "
    "violates the EU Artificial Intelligence Act or any other applicable law.",
    "Give people the view demographics_by_store_hour, not the rows behind it.",
)


def report(results: Results) -> Report:
    """Put the story in order."""
    account, found = results.account, checks(results.account)
    shops = len(results.sent.stores)
    return Report(
        name="Retail demographics",
        title=f"A day in {COUNTS[shops] if shops < len(COUNTS) else shops} shops",
        summary=f"Drawn pictures of a shop day ({results.day}) went through the deployed "
        "architecture in the sandbox on this machine. What you see below is what its Athena views "
        "answered.",
        ran_at=results.ran_at,
        figures=(
            Figure("frames sent", results.sent.frames),
            Figure("faces in the views", account.faces_in_views),
            Figure("bad files set aside", account.bad_files_rejected),
        ),
        checks=found,
        praise="Nothing lost, nothing counted twice.",
        because=f"Each of {account.frames_sent} frames and {account.bad_files_sent} bad files is "
        "accounted for.",
        sections=(
            Section(
                "flow",
                "How it flows",
                "Pictures are short-lived. Rows carry no picture. People read answers about "
                "groups.",
                [DIAGRAM],
            ),
            _sent(results),
            _seen(results),
            _footfall(results),
            _people(results),
            _confidence(results),
            _rejects(results),
            _proof(results, found),
        ),
        beside="the function and the detector",
        costs=results.costs,
        counted="calls and objects as counted in this run, the rest by the model of "
        "docs/retail_demographics.md",
        stand_ins=STAND_INS,
        synthetic=results.synthetic or ("none; attributes are those drawn",),
        responsible_use=(
            *RESPONSIBLE_USE,
            f"Rows expire after {results.retention_days} days, frames after one day at the latest.",
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
        [Figures([Figure(*fact) for fact in facts])],
    )


def _seen(results: Results) -> Section:
    return Section(
        "seen",
        "What was seen",
        "A frame of each camera in which the detector saw what was drawn, with the boxes of the "
        "view “faces”. Point at one, or reach it with the Tab key, for its attributes.",
        [Pictures(results.frames)],
    )


def _footfall(results: Results) -> Section:
    maximum = nice_maximum(max((row.faces or 0 for row in results.footfall), default=0))
    hours = sorted({row.hour for row in results.footfall})
    panels = []
    for n, store in enumerate(results.sent.stores):
        faces = {row.hour: row.faces for row in results.footfall if row.store == store}
        bars = [Bar(hour, faces[hour]) for hour in hours if hour in faces]
        known = sum(bar.value or 0 for bar in bars)
        chart = Columns(f"Faces seen in {store} by hour", bars, maximum, "faces", series=n)
        panels.append(Panel(store, [chart], f"{number(known)} faces", series=n))
    rows = [
        (row.store, row.hour, row.frames, WITHHELD if row.faces is None else str(row.faces))
        for row in results.footfall
    ]
    fewest = f"withheld: between 1 and {results.group_size - 1} faces, too few to publish"
    heads = ["Store", "Hour", "Frames", "Faces"]
    return Section(
        "footfall",
        "Footfall by hour",
        "Faces per store and hour, in the shop's own time zone. An hour without a face is a zero, "
        "not a gap.",
        [
            Panels(panels),
            Legend([("hatched", "", fewest)]),
            numbers("demographics_by_store_hour, dimension “all”", heads, rows),
        ],
        brief=True,
    )


def _people(results: Results) -> Section:
    rows = [(g.store, g.dimension, _shown(g.value), g.faces) for g in results.groups]
    note = Text(
        [
            (
                Strong(f"Why some faces are withheld (k = {results.group_size})."),
                f"A group of fewer than {results.group_size} faces in one store and hour could "
                "point at a person, so the view does not publish it. It is folded into "
                "“withheld”, together with the next smallest group if the sum would still give it "
                "away. More traffic means fewer withheld faces.",
            ),
            "“Doubtful” are faces whose attribute did not reach its own confidence threshold: "
            "they count as visitors, but not as happy or sad.",
        ],
        "note",
    )
    return Section(
        "people",
        "Age and mood by store",
        "Sums of the hourly groups that the view publishes. Age and mood are how a face appears to "
        "a model, not how a person is.",
        [
            Heading("Age bands"),
            _by_store(results, "age_band", results.age_bands),
            Heading("Moods", ruled=True),
            _by_store(results, "emotion", MOOD_ORDER),
            note,
            numbers(
                "demographics_by_store_hour, summed over the day",
                ["Store", "Dimension", "Value", "Faces"],
                rows,
            ),
        ],
        brief=True,
    )


def _by_store(results: Results, dimension: str, order: Sequence[str]) -> Block:
    groups = [g for g in results.groups if g.dimension == dimension]
    values = sorted({g.value for g in groups}, key=lambda value: _place(value, order))
    maximum = max((g.faces for g in groups), default=1) or 1
    panels = []
    for n, store in enumerate(results.sent.stores):
        faces = {g.value: g.faces for g in groups if g.store == store}
        bars = [
            Bar(
                _shown(value),
                faces.get(value, 0),
                "hatched" if value == WITHHELD else "quiet" if value in DOUBTFUL else "",
            )
            for value in values
        ]
        title = f"{dimension.replace('_', ' ')} of the faces in {store}"
        panels.append(Panel(store, [Bars(title, bars, maximum, "faces", series=n)], series=n))
    return Panels(panels)


def _place(value: str, order: Sequence[str]) -> tuple[int, str]:
    if value in DOUBTFUL:
        return (len(order) + 1, value)
    if value == WITHHELD:
        return (len(order) + 2, value)
    return (order.index(value) if value in order else len(order), value)


def _shown(value: str) -> str:
    return "doubtful" if value in DOUBTFUL else value


def _confidence(results: Results) -> Section:
    panels = []
    for attribute in dict.fromkeys(row.attribute for row in results.profile):
        points = sorted((r.threshold, r.share) for r in results.profile if r.attribute == attribute)
        mark = results.thresholds.get(attribute)
        chart = Lines(
            f"Share of faces whose {attribute} reaches each confidence",
            [Line(attribute, points)],
            x_end=100,
            y_end=1,
            shares=True,
            marks=() if mark is None else [(mark, "")],
        )
        aside = "no threshold"
        if mark is not None:
            aside = f"≥ {mark:g}: {interpolate(points, mark):.0%} kept"
        panels.append(Panel(attribute.replace("_", " "), [chart], aside))
    rows = [(row.attribute, row.threshold, row.faces, f"{row.share:.1%}")
            for row in results.profile]  # fmt: skip
    return Section(
        "confidence",
        "Which confidence to ask for",
        "For every threshold, the share of faces that would keep the attribute. The dashed line is "
        "the threshold in the settings: below it the view “demographics” says NULL, and the face "
        "still counts.",
        [
            Panels(panels, small=True),
            numbers("confidence_profile", ["Attribute", "Threshold", "Faces", "Share"], rows),
        ],
        brief=True,
    )


def _rejects(results: Results) -> Section:
    rows = [(Key(r.key), Badge(r.reason, "code"), r.detail, r.size_bytes) for r in results.rejects]
    return Section(
        "rejects",
        "Set aside, with a reason",
        "A file that can never work is not tried again. It leaves a row that says why, and stays "
        "in the bucket for a day so that a person can look.",
        [Table("The table “rejects”", ["Key", "Reason", "+Detail", "Bytes"], rows)],
        brief=True,
    )


def _proof(results: Results, found: Sequence[Check]) -> Section:
    a = results.account
    asked = results.calls.get("rekognition:DetectFaces", 0)
    note = (
        f"The generator drew {a.faces_drawn} faces; the detector of the sandbox reported "
        f"{a.faces_reported}. {a.frames_unlike_drawing} frames differ from their drawing: those "
        "are misses or double sightings of the detector, which the architecture must carry "
        f"through unchanged. DetectFaces was called {number(asked)} times; "
        f"{results.objects_written} CSV objects were written."
    )
    return Section(
        "proof",
        "Nothing lost, nothing twice",
        "S3 and SQS deliver at least once, in any order. The views must not show it.",
        [Checks(found), Text([note], "small")],
        brief=True,
    )
