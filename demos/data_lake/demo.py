"""Drop and stream one day of a small chain of shops, and hold every record to the truth."""

from datetime import UTC, datetime

from costs.bill import Range, exactly
from costs.data_lake import Files, per_gigabyte
from demos.advice import nothing
from demos.athena import ask
from demos.data_lake import results
from demos.data_lake.inputs import Day, make_day
from demos.data_lake.progress import Done, Outputs, wait
from demos.data_lake.report import report
from demos.data_lake.streaming import put
from demos.demo import Demo
from demos.deployed import dead_letters, upload
from demos.report.sections import Report
from demos.stage import DemoError, Stage
from sandbox.host.client import Sandbox

STACK = "DataLake"
# Nobody waits for minutes to see that something is buffered.
CONTEXT = {
    "data_lake.stream_batch_seconds": "1",
    "data_lake.stream_buffer_seconds": "5",
    # The demo goes as far as `modeled`, for which no Spark of half a gigabyte has to be fetched.
    "data_lake.enhanced": "false",
}
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
    """Upload and stream, wait until every record has an outcome, ask the views."""
    stack = Outputs.of({**sandbox.outputs(STACK), "ResultsBucketName": ""})
    with stage.phase("drop files"):
        upload(sandbox, stack.raw_bucket_name, day.files)
    with stage.phase("stream records"):
        put(sandbox, stack, day.records_to_put)
    with stage.phase("model"):
        done = _watch(sandbox, stack, day, stage)
    if not done.files:
        refused = [problem["message"] for problem in sandbox.problems()]
        given_up = f"{dead_letters(sandbox, stack)} messages"
        raise DemoError(nothing("no file was modeled", refused, given_up, "the function's log"))
    with stage.phase("ask Athena"):
        answers = ask(sandbox, stack, {**QUESTIONS, **_saved(sandbox, stack)})
    size = sum(len(file.content) for file in day.files)
    per_file = Files(files=exactly(len(day.files) * 1e9 / size), days=Range(1, 6))
    return report(
        results.Results(
            ran_at=datetime.now(UTC),
            day=day,
            answers=answers,
            account=results.account_of(day, answers, dead_letters(sandbox, stack)),
            costs=per_gigabyte(size / 1e9, per_file),
        )
    )


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


DEMO = Demo(stacks=(STACK,), context=CONTEXT, prepare=make_day, play=play)
