"""Runs of the lake, its catalog with snapshots, and what a table held before."""

import json

from demos.data_lake.curated import TABLES
from demos.data_lake.results import Results
from demos.report.blocks import Badge, Block, Folded, Heading, Inline, Key, Small, Table, Text
from demos.report.sections import Section
from demos.state_machine import graph, read, seconds

MOST = 8  # corrections that are shown
STARTED = ("by the files", "by hand")


def runs_section(results: Results) -> Section:
    """Show on the state machine what each run did, and what others heard of it."""
    machine = read(json.loads(results.machine))
    rows: list[tuple[Inline, ...]] = []
    graphs: list[Block] = []
    for number, run in enumerate(results.runs):
        started = STARTED[min(number, len(STARTED) - 1)]
        steps = ", ".join(
            f"{n} {seconds(v.seconds)}" for n, v in run.states.items() if v.seconds > 1
        )
        rows.append((started, run.status.lower(), seconds(run.seconds), Small(steps)))
        title = f"What the run did that was started {started}"
        drawn = graph(machine, run, title=title, name=f"run{number}")
        graphs.append(Folded(title, [drawn]))
    heard = [
        (Badge(kind, "accent"), ", ".join(f"{n}: {v}" for n, v in detail.items()))
        for kind, detail in results.heard
    ]
    return Section(
        "runs",
        "Runs of the lake",
        "Files that were modeled start a run, which waits for more of them; a person started the "
        "second. One runs at a time. Each step changes nothing where it was done before.",
        [
            Table("Runs", ["Started", "Ended", "Took", "+Steps beyond a second"], rows),
            Heading("What a queue heard that subscribed to the lake's events"),
            Table("Events", ["Event", "Says"], heard),
            *graphs,
        ],
        brief=True,
    )


def catalog_section(results: Results) -> Section:
    """List tables and the snapshots that can be asked for."""
    tables = [(Key(t.name), t.kind, t.columns, Small(t.says)) for t in results.curated.tables]
    snapshots = [
        (
            Key(table),
            row["committed_at"][11:19],
            Badge(row["snapshot_id"], "code"),
            row["operation"],
            int(row["added"] or 0),
            int(row["removed"] or 0),
            int(row["records"] or 0),
        )
        for table in TABLES
        for row in results.answers[f"snapshots of {table}"]
    ]
    heads = ["Table", "+At, UTC", "+Snapshot", "By", "Added", "Removed", "Records"]
    return Section(
        "catalog",
        "The catalog, and the snapshots in it",
        "A commit is a snapshot. A run that has nothing to change makes none.",
        [
            Table("Snapshots of the tables of Iceberg, as Athena tells them", heads, snapshots),
            Folded(
                f"All {len(tables)} tables and views",
                [Table("Glue's catalog", ["Name", "Kind", "Columns", "What it has"], tables)],
            ),
        ],
        brief=True,
    )


def before_section(results: Results) -> Section:
    """Answer what was known before the second delivery."""
    shops = [
        (
            row["store"],
            int(row["visits_then"]),
            int(row["visits"]),
            f"{float(row['minutes_then']):.2f}",
            f"{float(row['minutes']):.2f}",
        )
        for row in results.answers["then_and_now"]
    ]
    corrected = results.answers["corrected"]
    rows = [(Key(r["visit_id"]), int(r["seconds_then"]), int(r["seconds"])) for r in corrected]
    return Section(
        "before",
        "What did we know before the second delivery?",
        "The same question to two snapshots of one table: FOR VERSION AS OF "
        f"{results.curated.first_snapshot}, and as it is now.",
        [
            Table(
                "Visits and their mean length by shop",
                ["Shop", "Visits then", "Visits now", "Minutes then", "Minutes now"],
                shops,
            ),
            Text(
                [
                    f"{len(corrected)} visits came again, corrected: the newer delivery took the "
                    "place of the older one, which the older snapshot still has."
                ]
            ),
            Folded(
                f"{min(MOST, len(rows))} of them",
                [Table("Seconds of a visit", ["Visit", "Then", "Now"], rows[:MOST])],
            ),
        ],
        brief=True,
    )
