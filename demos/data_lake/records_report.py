"""What came to the modeled zone, what was set aside and why, what the views answer."""

from collections import Counter

from demos.data_lake.results import DATASETS, Results, stages_of
from demos.report.blocks import (
    Badge,
    Bar,
    Bars,
    Block,
    Columns,
    Heading,
    Key,
    Panel,
    Panels,
    Table,
    numbers,
)
from demos.report.graph import Box, Graph, Part, Way
from demos.report.sections import Section


def flow_section(results: Results) -> Section:
    """Show how far records came, zone by zone."""
    ways: list[Block] = []
    for name in DATASETS:
        ways += [Heading(name), _zones(results, name)]
    rows = [
        (name, s.delivered, s.modeled, s.set_aside, s.repeated, s.in_view, s.enhanced)
        for name in DATASETS
        for s in [stages_of(results, name)]
    ]
    heads = ["Data set", "Read", "+Modeled", "Set aside", "+Repeated", "In the view", "Enhanced"]
    return Section(
        "flow",
        "How far records came",
        "From zone to zone. A view, and an Iceberg table, have each record once, in its newest "
        "delivery; the training set has those visits whose label is known.",
        [
            *ways,
            Table("The table “loads”, added up, and the tables of Iceberg", heads, rows),
        ],
        brief=True,
    )


def _zones(results: Results, dataset: str) -> Graph:
    s = stages_of(results, dataset)

    def box(name: str, does: str, count: int, *, failed: bool = False) -> Box:
        return Box(name, does, f"{count:,}", "records", "failed" if failed else "done")

    boxes = {
        "raw": box("raw", "files and streamed records", s.delivered),
        "modeled": box("modeled", "typed Parquet by day", s.modeled),
        "quarantine": box("quarantine", "with place and reason", s.set_aside, failed=True),
        "enhanced": box("enhanced", "Iceberg, each record once", s.enhanced),
    }
    ways = [("raw", "modeled"), ("raw", "quarantine"), ("modeled", "enhanced")]
    if s.transformed:
        boxes["transformed"] = box("transformed", "features, label, split", s.transformed)
        ways.append(("enhanced", "transformed"))
    title = f"How far records of {dataset} came"
    return Graph(dataset, title, Part(boxes, [Way(*way, gone=True) for way in ways]))


def quarantine_section(results: Results) -> Section:
    """Show what was set aside, and why."""
    found = results.account.reasons_found
    reasons: Counter[str] = Counter()
    each: Counter[tuple[str, str]] = Counter()
    for (dataset, reason, _), count in found.items():
        reasons[reason] += count
        each[dataset, reason] += count
    panels = []
    for number, dataset in enumerate(DATASETS):
        bars = [Bar(reason, each[dataset, reason]) for reason, _ in reasons.most_common()]
        title = f"Records of {dataset} in quarantine by reason"
        chart = Bars(title, bars, max(each.values(), default=1), "records", series=number)
        panels.append(Panel(dataset, [chart], series=number))
    columns = [(*what, count) for what, count in sorted(found.items())]
    one_each = {row["reason"]: row for row in results.answers["quarantine"] if row["line_number"]}
    examples = [
        (Badge(reason, "code"), f"line {row['line_number']}", row["record"][:90])
        for reason, row in sorted(one_each.items())
    ]
    files = [
        (Key(key), Badge(reason, "code"))
        for key, reason in sorted(results.account.files_found.items())
    ]
    return Section(
        "quarantine",
        "Set aside, with a reason",
        "A bad record never blocks its file; a file that cannot be trusted is set aside whole.",
        [
            Panels(panels),
            numbers("By column", ["Data set", "Reason", "Column", "Records"], columns),
            Heading("One of each"),
            Table("Examples from the table “quarantine”", ["Reason", "+Place", "Record"], examples),
            Heading("Whole files"),
            Table("Files that were set aside", ["Key", "Reason"], files),
        ],
        brief=True,
    )


def answers_section(results: Results) -> Section:
    """Show what the saved queries answer."""
    stores = [
        (row["store"], int(row["visits"]), int(row["receipts"]), f"{float(row['conversion']):.1%}",
         f"{float(row['average_amount']):.2f} EUR")
        for row in results.answers["conversion_by_store"]
    ]  # fmt: skip
    hours = [
        (row["hour"][5:16], int(row["receipts"]), float(row["amount"]))
        for row in results.answers["revenue_by_hour"]
        if row["hour"].startswith(results.day.date)
    ]
    touches = [
        (row["touches"], int(row["visits"]), float(row["conversion"]))
        for row in results.answers["conversion_by_touches"]
    ]
    revenue = Columns(
        "Paid in each hour, EUR",
        [Bar(hour[6:8], round(amount)) for hour, _, amount in hours],
        max((amount for *_, amount in hours), default=1.0),
        "EUR",
    )
    bought = Columns(
        "Share of visits that end in a purchase, by things picked up",
        [Bar(f"{n}+" if n == "8" else n, round(100 * share)) for n, _, share in touches],
        100,
        "%",
        series=1,
    )
    by_hour = numbers("revenue_by_hour", ["Hour, UTC", "Receipts", "EUR"], hours)
    heads = ["Picked up", "Visits", "Conversion"]
    by_touches = numbers("conversion_by_touches", heads, touches)
    return Section(
        "answers",
        "Three questions, answered by Athena",
        "Saved queries of the stack, over the views.",
        [
            Heading("Which shop turns visits into purchases?"),
            Table(
                "conversion_by_store",
                ["Shop", "Visits", "Receipts", "Conversion", "Average"],
                stores,
            ),
            Heading("When is money made? Does picking things up foretell a purchase?"),
            Panels(
                [
                    Panel("Paid in each hour of UTC", [revenue, by_hour], "EUR"),
                    Panel("Purchases in 100 visits", [bought, by_touches], "by touches", 1),
                ]
            ),
        ],
        brief=True,
    )
