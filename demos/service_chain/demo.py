"""Send recordings and texts through the deployed chain, and read what it wrote."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from costs.bill import together, total
from costs.service_chain import per_documents
from demos.advice import nothing
from demos.athena import Answers, ask
from demos.demo import Demo
from demos.deployed import dead_letters, header, synthetic, upload
from demos.executions import Run, runs
from demos.report.sections import Report
from demos.service_chain.checks import account_of
from demos.service_chain.fetch import Fetched, fetch
from demos.service_chain.inputs import SOUND, Files, make_files
from demos.service_chain.progress import Outputs, Seen, wait
from demos.service_chain.report import report
from demos.service_chain.results import (
    Document,
    Results,
    amounts_of,
    document_of,
    failed_of,
    recording_of,
)
from demos.stage import DemoError, Stage
from demos.state_machine import definition, is_synthesized, template
from sandbox.host.client import Sandbox
from stacks.service_chain.settings import ServiceChain
from stacks.settings import load_settings

STACK = "ServiceChain"
# Texts cut finely, so that even short ones have a sentiment along them.
CONTEXT = {"service_chain.comprehend_item_bytes": "300"}
QUESTIONS = {
    "insights": (
        "SELECT object_key, language, is_source, sentiment, positive, negative, "
        "array_join(transform(entities, one -> one.text), ', ') AS entities, "
        "array_join(pii_types, ', ') AS pii_types, pii_count, document_id "
        "FROM insights ORDER BY object_key, NOT is_source, language"
    ),
    "failures": "SELECT document_id FROM failures",
}
PROBE = "The lamp is wonderful."


def play(sandbox: Sandbox, stage: Stage, files: Files) -> Report:
    """Upload, watch until every file has an outcome, read what was written, ask the views."""
    stack = Outputs.of(sandbox.outputs(STACK))
    with stage.phase("upload recordings, texts and bad files"):
        versions = upload(sandbox, stack.inbox_bucket_name, files.all)
    with stage.phase("transcribe, translate, analyse"), stage.board() as tell:
        duplicate(sandbox, stack, files, versions)
        seen = wait(sandbox, stack, len(files.all), lambda s, news: tell(s.board, news))
    if not seen.executions:
        refused = [problem["message"] for problem in sandbox.problems()]
        given_up = f"{dead_letters(sandbox, stack)} events"
        raise DemoError(nothing("no execution began", refused, given_up, "the log of start_chain"))
    with stage.phase("read documents and histories"):
        found = fetch(sandbox, stack.results_bucket_name)
        ran = runs(sandbox, {e.arn: e.arn for e in seen.executions.values()})
    with stage.phase("ask Athena"):
        answers = ask(sandbox, stack, QUESTIONS)
    return report(results_of(sandbox, stack, files, seen, found, ran, answers))


def results_of(
    sandbox: Sandbox,
    stack: Outputs,
    files: Files,
    seen: Seen,
    found: Fetched,
    ran: Mapping[str, Run],
    answers: Answers,
) -> Results:
    """Put everything together."""
    mine = load_settings(overrides=CONTEXT).of(ServiceChain)
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
    running = definition(sandbox, stack.state_machine_arn)
    bills = [per_documents(amounts_of(d)) for d in documents]
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
            failure_rows=answers["failures"],
            dead_letters=dead_letters(sandbox, stack),
            machine_as_synthesized=is_synthesized(running, template(sandbox, STACK)),
            problems=sandbox.problems(),
        ),
        costs=[line for line in together(bills) if line.high],
        document_costs={
            d.document_id: (cost.low, cost.high)
            for d, cost in zip(documents, map(total, bills), strict=True)
        },
        synthetic=made_up(sandbox),
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


def duplicate(sandbox: Sandbox, stack: Outputs, files: Files, versions: Mapping[str, str]) -> None:
    """Deliver the event of some files a second time, as EventBridge may."""
    for file in files.all:
        if file.twice:
            event = {
                "version": "0",
                "detail-type": "Object Created",
                "source": "aws.s3",
                "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "detail": {
                    "bucket": {"name": stack.inbox_bucket_name},
                    "object": {
                        "key": file.key,
                        "size": len(file.content),
                        "version-id": versions[file.key],
                    },
                },
            }
            sandbox.client("sqs").send_message(
                QueueUrl=stack.queue_url, MessageBody=json.dumps(event)
            )


def made_up(sandbox: Sandbox) -> tuple[str, ...]:
    """Ask Comprehend which parts of an answer are made up."""
    client = sandbox.client("comprehend")
    asked = (client.detect_sentiment, client.detect_entities, client.detect_key_phrases,
             client.detect_pii_entities)  # fmt: skip
    return synthetic(ask(Text=PROBE, LanguageCode="en") for ask in asked)


def engines(sandbox: Sandbox, source: str, targets: Sequence[str]) -> dict[str, str]:
    """Ask what translates from one language into each of the others."""
    client = sandbox.client("translate")
    told = {}
    for target in targets:
        if target != source:
            reply = client.translate_text(
                Text=PROBE, SourceLanguageCode=source, TargetLanguageCode=target
            )
            told[target] = header(reply, "x-sandbox-translation")
    return told


DEMO = Demo(
    stacks=(STACK,),
    context=CONTEXT,
    prepare=make_files,
    play=play,
)
