"""Play one day of a small chain of shops through the lake, and hold all to the truth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from costs.bill import Line, Range, exactly
from costs.data_lake import Files, per_gigabyte, per_run
from demos.advice import nothing
from demos.athena import ask
from demos.data_lake import curated, results
from demos.data_lake.inputs import Day, make_day
from demos.data_lake.known import foresight
from demos.data_lake.later import closed_at, make_later
from demos.data_lake.progress import Done, Outputs, arrived, wait
from demos.data_lake.report import report
from demos.data_lake.runs import Runs, listen
from demos.data_lake.streaming import put
from demos.demo import Demo
from demos.deployed import dead_letters, upload
from demos.executions import runs as histories
from demos.report.sections import Report
from demos.stage import DemoError, Stage
from demos.state_machine import definition
from sandbox.host.client import Sandbox
from stacks.data_lake.contracts import offers
from stacks.data_lake.settings import DataLake
from stacks.settings import load_settings

STACK, JOBS = "DataLake", 2  # that a run has
# Who left after the first delivery has a label that is closed when the second one comes.
CONTEXT = {"data_lake.label_minutes": "30"}
QUESTIONS = {
    "loads": "SELECT dataset, object_key, file_reason, size_bytes, records_read, records_modeled, "
    "records_set_aside, records_repeated FROM loads",
    "quarantine": "SELECT dataset, object_key, line_number, byte_offset, reason, column_name, "
    "record FROM quarantine",
    "visits": "SELECT visit_id AS id FROM retail_visits",
    "purchases": "SELECT receipt_id AS id FROM retail_purchases",
}
SAVED = ("conversion_by_store", "revenue_by_hour", "conversion_by_touches")


def play(sandbox: Sandbox, stage: Stage, day: Day) -> Report:
    """Deliver the day, let the run that files start do its work; deliver more, and run again."""
    stack = Outputs.of({**sandbox.outputs(STACK), "ResultsBucketName": ""})
    come = listen(sandbox, offers(stack_name=STACK).features_ready.source)
    runs = Runs(sandbox, stack.state_machine_arn)
    with stage.phase("drop files"):
        upload(sandbox, stack.raw_bucket_name, day.files)
    with stage.phase("stream records"):
        put(sandbox, stack, day.records_to_put)
    with stage.phase("raw to modeled"):
        done = _watch(sandbox, stack, day, stage)
    if not done.files:
        refused = [problem["message"] for problem in sandbox.problems()]
        given_up = f"{dead_letters(sandbox, stack)} messages"
        raise DemoError(nothing("no file was modeled", refused, given_up, "the function's log"))
    left_at = arrived(sandbox, stack) + timedelta(seconds=1)
    with stage.phase("a run that files started: to enhanced and transformed"):
        by_files = runs.wait(stage)
        first_snapshot = curated.head_of_visits(sandbox, stack)
    settings = load_settings(overrides=CONTEXT).of(DataLake)
    if sandbox.now() < (closed := closed_at(left_at, settings.label_minutes)):
        raise DemoError(f"the labels of who left are open until {closed}: the run was too quick")
    later = make_later(day, left_at)
    both = day.with_later(later)
    with stage.phase("a second delivery: corrections, late records, who left since"):
        upload(sandbox, stack.raw_bucket_name, later.files)
        _watch(sandbox, stack, both, stage)
    with stage.phase("a run by hand"):
        by_hand = runs.wait(stage, runs.start())
    with stage.phase("ask Athena"):
        answers = {
            **ask(sandbox, stack, {**QUESTIONS, **_saved(sandbox, stack)}),
            **curated.ask_tables(sandbox, stack, first_snapshot),
        }
    with stage.phase("hold all to the truth"):
        last, ran = by_hand[-1].rpartition(":")[2], [*by_files, *by_hand]
        found = curated.read(sandbox, stack, last, first_snapshot)
        return report(
            results.Results(
                ran_at=datetime.now(UTC),
                day=both,
                first=day,
                answers=answers,
                account=results.account_of(both, answers, dead_letters(sandbox, stack)),
                tables=results.tables_of(day, both, answers),
                foresight=foresight(
                    answers["training_set"],
                    answers["enhanced_visits"],
                    answers["enhanced_purchases"],
                    settings.features_window_days,
                    settings.label_minutes,
                ),
                curated=found,
                machine=definition(sandbox, stack.state_machine_arn),
                runs=tuple(histories(sandbox, {arn: arn for arn in ran}).values()),
                heard=tuple(come()),
                costs=_costs(both, len(ran), found.evaluations),
            )
        )


def _costs(day: Day, runs: int, evaluations: int) -> list[Line]:
    size = sum(len(file.content) for file in day.files)
    per_file = Files(files=exactly(len(day.files) * 1e9 / size), days=Range(1, 6))
    billed = {"Glue, a run": runs * JOBS, "Glue Data Quality, a table": evaluations}
    spark = [
        replace(line, low=line.low * billed[line.item], high=line.high * billed[line.item])
        for line in per_run()
        if line.item in billed
    ]
    return [*per_gigabyte(size / 1e9, per_file), *spark]


def _watch(sandbox: Sandbox, stack: Outputs, day: Day, stage: Stage) -> Done:
    with stage.progress() as bar:
        task = bar.add_task("files", total=len(day.files), note="waiting for the first")

        def tell(done: Done) -> None:
            note = f"{done.files} done, {done.streamed:,} streamed records"
            bar.update(task, completed=done.files, note=note)

        return wait(sandbox, stack, len(day.files), len(day.streamed), tell)


def _saved(sandbox: Sandbox, stack: Outputs) -> dict[str, str]:
    """Find queries that the stack has saved, by name."""
    athena = sandbox.client("athena")
    names = athena.list_named_queries(WorkGroup=stack.workgroup_name)["NamedQueryIds"]
    found = athena.batch_get_named_query(NamedQueryIds=names)["NamedQueries"]
    return {query["Name"]: query["QueryString"] for query in found if query["Name"] in SAVED}


DEMO = Demo(
    stacks=(STACK,),
    context=CONTEXT,
    prepare=make_day,
    play=play,
    warm_up=Sandbox.warm_spark,
)
