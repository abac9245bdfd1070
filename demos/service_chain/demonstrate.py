"""Send recordings and texts through the deployed chain, and read what it wrote."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from benchmarks.costs.bill import total
from benchmarks.costs.service_chain import per_documents
from demos.athena import ask
from demos.results import Phase
from demos.service_chain import deployed, terminal
from demos.service_chain.deployed import Deployed
from demos.service_chain.fetch import Fetched, fetch, runs
from demos.service_chain.files import SOUND, File, Files, make_files
from demos.service_chain.gather import document_of, failed_of, recording_of
from demos.service_chain.judge import account_of
from demos.service_chain.pricing import amounts_of, costs
from demos.service_chain.probe import engines, synthetic
from demos.service_chain.questions import QUESTIONS
from demos.service_chain.results import Document, Results, Run
from demos.service_chain.verdict import problems
from demos.service_chain.watch import Seen, dead_letters, wait
from demos.service_chain.web_report import report
from demos.stage import DemoError, Stage
from sandbox.client import Sandbox
from stacks.settings import load_settings

STACK = "ServiceChain"
STACKS = (STACK,)
# Both keys of deletion; texts cut finely, so that even short ones have a sentiment along them.
CONTEXT = {
    "removal.data_is_disposable": "true",
    "removal.destroy_deletes_data": "true",
    "service_chain.comprehend_item_bytes": "300",
}
UPLOADERS = 4
Rows = Mapping[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results, ready to be shown."""

    results: Results

    def problems(self) -> Sequence[str]:
        """Say what came out wrong."""
        return problems(self.results.account)

    def show(self, console: Console) -> None:
        """Print the tables."""
        terminal.show(console, self.results)

    def page(self, phases: Sequence[tuple[str, float]]) -> str:
        """Write the page, now that all phases are known."""
        return report(replace(self.results, phases=tuple(Phase(*phase) for phase in phases)))


def prepare() -> Files:
    """Put the input together."""
    return make_files()


def play(sandbox: Sandbox, stage: Stage, files: Files) -> Outcome:
    """Upload, watch until every file has an outcome, read what was written, ask the views."""
    stack = Deployed.named_by(sandbox.outputs(STACK))
    sandbox.forget_calls()
    with stage.phase("upload recordings, texts and bad files"):
        versions = upload(sandbox, stack, files)
    with stage.phase("transcribe, translate, analyse"), stage.board() as tell:
        duplicate(sandbox, stack, files, versions)
        seen = wait(sandbox, stack, len(files.all), lambda s, news: tell(s.board, news))
    calls = sandbox.calls()
    if not seen.executions:
        raise DemoError(_nothing(sandbox, stack))
    with stage.phase("read documents and histories"):
        found = fetch(sandbox, stack.results)
        ran = runs(sandbox, {e.arn: e.arn for e in seen.executions.values()})
    with stage.phase("ask Athena"):
        answers = ask(
            sandbox, workgroup=stack.workgroup, database=stack.database, queries=QUESTIONS
        )
    return Outcome(results_of(sandbox, stack, files, seen, found, ran, answers, calls))


def results_of(
    sandbox: Sandbox,
    stack: Deployed,
    files: Files,
    seen: Seen,
    found: Fetched,
    ran: Mapping[str, Run],
    answers: Rows,
    calls: Mapping[str, int],
) -> Results:
    """Put everything together."""
    mine = load_settings(overrides=CONTEXT).service_chain
    by_key = {e.key: ran[e.arn] for e in seen.executions.values()}
    documents = documents_of(
        files,
        found,
        by_key,
        lambda source: engines(sandbox, source, mine.translate_to),
        mine.redact_confidence,
    )
    failures = tuple(
        failed_of(written, by_key.get(written["input"]["key"]))
        for written in found.failures.values()
    )
    running = deployed.definition(sandbox, stack)
    synthesized = deployed.is_synthesized(running, deployed.template(sandbox, STACK))
    return Results(
        ran_at=datetime.now(UTC),
        machine=json.loads(running),
        documents=documents,
        failures=failures,
        insights=tuple(answers["insights"]),
        account=account_of(
            files,
            documents,
            failures,
            targets=mine.translate_to,
            keys_of_executions=[e.key for e in seen.executions.values()],
            running=len(seen.running),
            rows=answers["insights"],
            dead_letters=dead_letters(sandbox, stack),
            machine_as_synthesized=synthesized,
            problems=sandbox.problems(),
        ),
        phases=(),
        costs=costs([amounts_of(d) for d in documents]),
        document_costs={
            d.document_id: (cost.low, cost.high)
            for d in documents
            for cost in [total(per_documents(amounts_of(d)))]
        },
        calls=calls,
        synthetic=synthetic(sandbox),
        thresholds={name: float(value) for name, value in mine.thresholds},
        result_days=mine.result_days,
        work_days=mine.work_days,
    )


def documents_of(
    files: Files,
    found: Fetched,
    by_key: Mapping[str, Run],
    engines_from: Callable[[str], Mapping[str, str]],
    confidence: float,
) -> tuple[Document, ...]:
    """Put the documents together, in the order of the files."""
    order = {file.key: n for n, file in enumerate(files.good)}

    def one(written: Mapping[str, Any]) -> Document:
        key = written["input"]["key"]
        file = files.named(key)
        heard = found.words[written["document_id"]]
        recording = None
        if file and file.kind == "audio" and written["input"]["kind"] == "audio":
            recording = recording_of(
                file.content, SOUND, file.said[0], heard["text"], heard["words"]
            )
        return document_of(
            written,
            found.texts,
            found.insights,
            run=by_key.get(key),
            recording=recording,
            engines=engines_from(written["language"]["base"]),
            confidence=confidence,
        )

    built = map(one, found.documents.values())
    return tuple(sorted(built, key=lambda d: order.get(d.key, len(order))))


def upload(sandbox: Sandbox, stack: Deployed, files: Files) -> dict[str, str]:
    """Put every file into the inbox, as any client would; returns the version of each key."""
    s3 = sandbox.client("s3")

    def put(file: File) -> tuple[str, str]:
        reply = s3.put_object(Bucket=stack.inbox, Key=file.key, Body=file.content)
        return file.key, reply["VersionId"]

    with ThreadPoolExecutor(UPLOADERS) as pool:
        return dict(pool.map(put, files.all))


def duplicate(sandbox: Sandbox, stack: Deployed, files: Files, versions: Mapping[str, str]) -> None:
    """Deliver the event of some files a second time, as EventBridge may."""
    for file in files.all:
        if file.twice:
            event = {
                "version": "0",
                "detail-type": "Object Created",
                "source": "aws.s3",
                "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "detail": {
                    "bucket": {"name": stack.inbox},
                    "object": {
                        "key": file.key,
                        "size": len(file.content),
                        "version-id": versions[file.key],
                    },
                },
            }
            sandbox.client("sqs").send_message(
                QueueUrl=stack.arrivals, MessageBody=json.dumps(event)
            )


def _nothing(sandbox: Sandbox, stack: Deployed) -> str:
    if said := [problem["message"] for problem in sandbox.problems()]:
        return f"no execution began; AWS refused: {' | '.join(said)}"
    return (
        f"no execution began, and {dead_letters(sandbox, stack)} events are in the dead-letter "
        "queue; run it again with KEEP=1 and read the log of start_chain"
    )
