"""The training set: its features, its splits, how leakage was looked for, where it is from."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean, median

from demos.data_lake.results import Results
from demos.report.blocks import (
    Badge,
    Bar,
    Bars,
    Block,
    Columns,
    Folded,
    Heading,
    Inline,
    Key,
    Panel,
    Panels,
    Table,
    Text,
    numbers,
)
from demos.report.charts import nice_maximum
from demos.report.sections import Section

SPLITS = ("train", "validation", "test")
MOST_VALUES, BINS = 24, 12
RARE = 0.01  # of the rows, the highest: they come into the last bin


def features_section(results: Results) -> Section:
    """Profile each feature, and show what the splits hold."""
    rows = results.answers["training_set"]
    names = [c["name"] for c in results.curated.manifest["schema"] if c["role"] == "feature"]
    values = {name: [float(row[name]) for row in rows] for name in names}
    panels = [
        Panel(
            name,
            [Columns(f"Training rows by {name}", bars, _top(bars), "rows")],
            f"mean {short(fmean(found))}",
        )
        for name, found in values.items()
        for bars in [histogram(found)]
    ]
    profile = [
        (name, min(found), median(found), max(found), round(fmean(found), 4), len(set(found)))
        for name, found in values.items()
    ]
    seen = results.foresight
    rules = results.curated.manifest["rules"]
    return Section(
        "features",
        "The training set",
        f"{len(rows):,} visits whose label is known: did it end in a purchase, within "
        f"{rules['label_minutes']} min? By default a label is open for longer.",
        [
            *_splits(results),
            Heading("No feature looks ahead"),
            Text(
                [
                    "A record counts from its own time on or from its arrival, whichever is later. "
                    "The first day came to an empty lake when it was over, so its visits know "
                    "nothing of one another. "
                    f"{seen.knowing:,} shoppers left after it had come: they know of it, and not "
                    "of each other.",
                    f"Another program counted anew, from the tables, what was known at the end of "
                    f"each visit, and what became of it: {seen.rows - len(seen.wrong):,} of "
                    f"{seen.rows:,} rows say the same.",
                ]
            ),
            Heading("A profile of the features"),
            Panels(panels, small=True),
            numbers("Features", ["Feature", "Least", "Median", "Most", "Mean", "Values"], profile),
        ],
        brief=True,
    )


def _splits(results: Results) -> list[Block]:
    rows, table, shares = results.answers["training_set"], [], dict[str, float]()
    counted = Counter(row["split"] for row in rows)
    for name in SPLITS:
        of_it = [row for row in rows if row["split"] == name]
        if of_it:
            shares[name] = sum(int(row["label"]) for row in of_it) / len(of_it)
            times = sorted(row["moment"] for row in of_it)
            table.append((name, len(of_it), times[0][:16], times[-1][:16]))
    bars = [Bar(name, counted[name]) for name in SPLITS]
    bought = [Bar(name, round(100 * shares[name], 1)) for name in SPLITS if name in shares]
    return [
        Panels(
            [
                Panel(
                    "Rows of each split",
                    [Bars("Rows", bars, max(counted.values(), default=1), "rows", series=1)],
                ),
                Panel(
                    "Purchases in each split", [Bars("Purchases", bought, 100, "%", series=2)], "%"
                ),
            ]
        ),
        Table(
            "One after another in time",
            ["Split", "Rows", "First moment, UTC", "Last moment"],
            table,
        ),
    ]


def histogram(values: Sequence[float]) -> list[Bar]:
    """Count few values each, and many by ranges, of which the last takes what is beyond."""
    counted = Counter(values)
    if len(counted) <= MOST_VALUES:
        return [Bar(short(value), count) for value, count in sorted(counted.items())]
    ordered = sorted(values)
    low, high = ordered[0], ordered[int(len(ordered) * (1 - RARE)) - 1]
    width = (high - low) / BINS or 1.0
    bins = Counter(min(int((value - low) / width), BINS - 1) for value in values)
    return [Bar(short(low + n * width), bins[n]) for n in range(BINS)]


def short(value: float) -> str:
    """Write a number so that it fits below a column."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _top(bars: Sequence[Bar]) -> float:
    return nice_maximum(max(bar.value or 0 for bar in bars))


def manifest_section(results: Results) -> Section:
    """Show where the training set comes from."""
    found = results.curated.manifest
    lineage = found["lineage"]
    tables = [(Key(t["table"]), Badge(str(t["snapshot_id"]), "code")) for t in lineage["tables"]]
    objects = [(Key(o["object_key"]), Badge(o["version_id"], "code")) for o in lineage["objects"]]
    about: list[tuple[Inline, ...]] = [
        ("content", Badge(found["content_hash"], "code")),
        ("table", Key(found["table"])),
        ("snapshot", Badge(found["snapshot_id"], "code")),
        ("code", Badge(lineage["code_version"], "code")),
        ("left out, as their label was open when the next split began", str(found["left_out"])),
    ]
    fills = [[name, float(value)] for name, value in found["fitted"]["fills"].items()]
    codes = [(name, ", ".join(known)) for name, known in found["fitted"]["codes"].items()]
    return Section(
        "manifest",
        "The manifest",
        "A training set is a snapshot; its manifest says which, and of what it was made.",
        [
            Table("Of this one", ["What", "Is"], about),
            Heading("Lineage"),
            Table("Tables, as they were read", ["Table", "Snapshot"], tables),
            Folded(
                f"{len(objects)} objects of the raw zone",
                [Table("Objects and versions", ["Key", "Version"], objects)],
            ),
            Heading("Fitted on the training split alone"),
            Table("Gaps are filled with its median", ["Feature", "Fill"], fills),
            Table("Codes count from 1, in this order", ["Of", "Categories"], codes),
        ],
        brief=True,
    )
