"""The report of one day: how far records came, what was set aside and why, what Athena says."""

from collections import Counter

from demos.advice import about, together
from demos.data_lake.diagram import DIAGRAM
from demos.data_lake.results import DATASETS, Account, Results, stages_of
from demos.report.blocks import (
    Badge,
    Bar,
    Bars,
    Block,
    Check,
    Checks,
    Columns,
    Figure,
    Heading,
    Key,
    Panel,
    Panels,
    Table,
    numbers,
)
from demos.report.closing import CDK, EMULATOR
from demos.report.graph import Box, Graph, Part, Way
from demos.report.sections import Report, Section, StandIn

STAND_INS = (
    CDK,
    StandIn(
        "The function",
        True,
        "Its own code and engine; on this machine's Python, with this machine's build of the "
        "very version of DuckDB that its layer ships for arm64.",
    ),
    StandIn("S3, SQS, KMS, IAM, Glue's catalog", False, EMULATOR),
    StandIn(
        "Firehose",
        False,
        "Buffers, transforms, parts and tells errors as its guide says; its buffers are set to "
        "seconds for the demo.",
    ),
    StandIn("Athena", False, "Trino's SQL, translated for DuckDB, which reads the same Parquet."),
)
READ_THE_LOG = "run it again with KEEP=1 and read the function's log"


def checks(account: Account) -> list[Check]:
    """Hold what came out against the generator's truth."""
    lost = [about(keys, f"of {name} are in no view") for name, keys in account.lost.items()]
    twice = [about(keys, f"of {name} are there twice") for name, keys in account.twice.items()]
    differing = account.reasons_sent - account.reasons_found
    differing += account.reasons_found - account.reasons_sent
    told = ", ".join(f"{count} of {' '.join(what)}" for what, count in differing.items())
    return [
        Check(
            "Good records, each once",
            sum(account.good_sent.values()),
            sum(account.good_found.values()) - sum(map(len, account.lost.values())),
            together([*lost, *twice]) or f"the views have records that nobody sent; {READ_THE_LOG}",
        ),
        Check(
            "Bad records in quarantine, with their reason and column",
            account.reasons_sent.total(),
            account.reasons_found.total() - differing.total(),
            f"quarantine differs from the truth: {told}; {READ_THE_LOG}",
        ),
        Check(
            "Bad files set aside, with their reason",
            len(account.files_sent),
            len(account.files_sent.items() & account.files_found.items()),
            f"files are set aside as {account.files_found}; {READ_THE_LOG}",
        ),
        Check(
            "Repeated records of files, kept out of the views",
            account.repeated_sent,
            account.repeated_found,
            f"the load records count other repeats than were sent; {READ_THE_LOG}",
        ),
        Check(
            "Files given up",
            0,
            account.dead_letters,
            f"messages are in the dead-letter queue; {READ_THE_LOG}",
        ),
    ]


def report(results: Results) -> Report:
    """Tell the day."""
    found = checks(results.account)
    size = sum(len(file.content) for file in results.day.files)
    streamed = len(results.day.streamed)
    sent = sum(len(file.records) for file in results.day.landed)
    aside = results.account.reasons_found.total()
    good = sum(results.account.good_found.values())
    return Report(
        name="DataLake",
        title="Data lake",
        summary=f"{sent:,} records, {streamed:,} of them streamed and the others in "
        f"{len(results.day.files)} files: {good:,} are in the views, "
        f"{aside:,} in quarantine.",
        ran_at=results.ran_at,
        figures=[
            Figure("files", len(results.day.files)),
            Figure("megabytes", round(size / 1e6, 1)),
            Figure("records", sent),
            Figure("streamed", streamed),
            Figure("in the views", good),
            Figure("in quarantine", aside),
        ],
        checks=found,
        praise="every good record is there once, every bad one has its reason",
        because="The generator knows of each record whether it is good, and if not, why; the views "
        "and the quarantine say the same.",
        sections=[
            _flow(results),
            _quarantine(results),
            _answers(results),
            Section("picture", "Picture", "What ran.", [DIAGRAM]),
            Section("proof", "Against the truth", "Record by record.", [Checks(found)], brief=True),
        ],
        beside="the function and its engine",
        costs=results.costs,
        counted="files and bytes as they were, the rest by the model of docs/data_lake.md",
        stand_ins=STAND_INS,
        synthetic=(),
        responsible_use=[
            "A visitor is a pseudonym here. Where it stands for a person, the lake holds personal "
            "data: choose how long each zone keeps it, and who may query it.",
            "Quarantine keeps records as they came, whatever was in them, for its own time.",
        ],
    )


def _flow(results: Results) -> Section:
    graphs: list[Block] = []
    for dataset in DATASETS:
        s = stages_of(results, dataset)
        boxes = {
            "raw": Box("raw", "files as they came", f"{s.delivered:,}", "records", "done"),
            "modeled": Box("modeled", "typed Parquet by day", f"{s.modeled:,}", "records", "done"),
            "view": Box(dataset, "each once", f"{s.in_view:,}", "records", "done"),
            "quarantine": Box(
                "quarantine", "with place and reason", f"{s.set_aside:,}", "records", "failed"
            ),
        }
        ways = [
            Way("raw", "modeled", gone=True),
            Way("raw", "quarantine", gone=True),
            Way("modeled", "view", gone=True),
        ]
        title = f"How far records of {dataset} came"
        graphs.append(Graph(dataset, title, Part(boxes, ways)))
    rows = [
        (name, s.delivered, s.modeled, s.set_aside, s.repeated, s.in_view)
        for name in DATASETS
        for s in [stages_of(results, name)]
    ]
    heads = ["Data set", "Read", "Modeled", "Set aside", "Repeated", "In the view"]
    return Section(
        "flow",
        "How far records came",
        "From the raw zone to the modeled one or to quarantine; a view has each key once.",
        [*graphs, Table("The table “loads”, added up", heads, rows)],
        brief=True,
    )


def _quarantine(results: Results) -> Section:
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


def _answers(results: Results) -> Section:
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
