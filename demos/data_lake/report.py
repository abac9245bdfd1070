"""The report of one day: every record held to the truth, and what came of them, zone by zone."""

from demos.data_lake.checks import checks
from demos.data_lake.diagram import DIAGRAM
from demos.data_lake.features_report import features_section, manifest_section
from demos.data_lake.quality_report import quality_section
from demos.data_lake.records_report import answers_section, flow_section, quarantine_section
from demos.data_lake.results import Results
from demos.data_lake.tables_report import before_section, catalog_section, runs_section
from demos.report.blocks import Checks, Figure
from demos.report.closing import CDK, EMULATOR
from demos.report.sections import Report, Section, StandIn

STAND_INS = (
    CDK,
    StandIn(
        "The function",
        True,
        "Its own code and engine; on this machine's Python, with this machine's build of the "
        "very version of DuckDB that its layer ships for arm64.",
    ),
    StandIn(
        "The jobs",
        True,
        "The scripts that Glue would run, by Spark 3.5.6 and Iceberg's own catalog and file system "
        "for Glue and S3, as the jobs' roles; one machine, and a Spark that is kept between runs.",
    ),
    StandIn(
        "The state machine",
        True,
        "The synthesized definition, run by an interpreter of the Amazon States Language with the "
        "role's permissions.",
    ),
    StandIn(
        "Glue Data Quality",
        False,
        "Runs, results and rights have the service's form; the rules are evaluated by an evaluator "
        "of ours, on the tables as they are.",
    ),
    StandIn(
        "Time",
        False,
        "Where nothing is at work, and buffers or waits hold all up, the services' clock is moved "
        "on: the hour in which a run waits for more files, the minutes of a stream's buffer.",
    ),
    StandIn("S3, SQS, EventBridge, KMS, IAM, Glue's catalog", False, EMULATOR),
    StandIn(
        "Firehose",
        False,
        "Buffers, transforms, parts and tells errors as its guide says.",
    ),
    StandIn(
        "Athena",
        False,
        "Trino's SQL, translated for DuckDB, which reads the same Parquet, "
        "and Iceberg's tables at whatever snapshot by a reader of ours.",
    ),
)


def report(results: Results) -> Report:
    """Tell the day."""
    found = checks(results)
    size = sum(len(file.content) for file in results.day.files)
    streamed = len(results.day.streamed)
    sent = sum(len(file.records) for file in results.day.landed)
    aside = results.account.reasons_found.total()
    rows = len(results.answers["training_set"])
    good = sum(results.account.good_found.values())
    return Report(
        name="DataLake",
        title="Data lake",
        summary=f"{sent:,} records, {streamed:,} of them streamed and the others in "
        f"{len(results.day.files)} files: {good:,} are in the views, "
        f"{aside:,} in quarantine. A model may learn from {rows:,} visits.",
        ran_at=results.ran_at,
        figures=[
            Figure("files", len(results.day.files)),
            Figure("megabytes", round(size / 1e6, 1)),
            Figure("records", sent),
            Figure("streamed", streamed),
            Figure("in the views", good),
            Figure("in quarantine", aside),
            Figure("training rows", rows),
        ],
        checks=found,
        praise="Good records are there once, bad ones have their reason, and nothing looks ahead.",
        because="The generator knows of each record whether it is good, and if not, why; views, "
        "tables and quarantine say the same. What each training row knows of others was counted "
        "anew.",
        sections=[
            flow_section(results),
            quarantine_section(results),
            runs_section(results),
            quality_section(results),
            catalog_section(results),
            before_section(results),
            features_section(results),
            manifest_section(results),
            answers_section(results),
            Section("picture", "Picture", "What ran.", [DIAGRAM]),
            Section("proof", "Against the truth", "Record by record.", [Checks(found)], brief=True),
        ],
        beside="the function and its engine, Spark",
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
