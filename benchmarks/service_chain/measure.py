"""Documents as large as they may be through the whole chain: what they take, and how long."""

import json
import os
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.service_chain.taken import Taken, section
from demos.demo import DISPOSABLE
from demos.executions import Run, runs
from fixtures.speech.long_recordings import LONGEST_SECONDS, silent_flac, talk, transcript
from fixtures.texts.library import text
from sandbox.host import client
from sandbox.host.client import Sandbox
from sandbox.host.process import SandboxError

STACK = "ServiceChain"
# One target, and one text analysed: with two and three, the quotas alone would make the large text
# take a quarter of an hour.
CONTEXT = {
    **DISPOSABLE,
    "service_chain.translate_to": "['es']",
    "service_chain.analyze": "source",
}
TEXT_BYTES = int(os.environ.get("BENCH_TEXT_BYTES", "20000000"))
BYTES_PER_WORD = 5  # a little less than it is: the text is cut to its size
PATIENCE = 1_500.0
POLL = 0.5


def report() -> str:
    """Measure, and write about it."""
    with client.start() as sandbox:
        outputs = sandbox.deploy(STACK, context=CONTEXT, say=lambda line: None)[STACK]
        taken = []
        for name, key, body in documents():
            taken.append(one(sandbox, outputs, name, key, body))
            print(f"{name}: {taken[-1].seconds:.0f} s")
    return section(taken)


def documents() -> Iterator[tuple[str, str, bytes]]:
    """Give what is sent, one after the other, the first one to warm the functions up."""
    letter = text("complaint", "en").plain()
    yield "Warming up", "warm.txt", letter
    yield "Letter", "letter.txt", letter
    yield "Silence of 4 hours", "silence.flac", silent_flac(LONGEST_SECONDS)
    yield "Transcript of 4 hours", "talk.json", transcript(LONGEST_SECONDS)
    large = talk(TEXT_BYTES // BYTES_PER_WORD).encode()[:TEXT_BYTES]
    yield f"Text of {TEXT_BYTES / 1e6:g} MB", "large.txt", large


def one(sandbox: Sandbox, outputs: dict[str, str], name: str, key: str, body: bytes) -> Taken:
    """Send one document, wait for its end, read all that happened. Raises SandboxError."""
    s3 = sandbox.client("s3")
    results = outputs["ResultsBucketName"]
    before = _keys(s3, results)
    sandbox.forget_calls()
    begun = time.monotonic()
    s3.put_object(Bucket=outputs["InboxBucketName"], Key=key, Body=body)
    document = _document(s3, results, before)
    seconds = time.monotonic() - begun
    calls = sandbox.calls()
    new = _keys(s3, results) - before
    arn = document["execution"]
    run = runs(sandbox, {arn: arn})[arn]
    billed = document["billed"]
    return Taken(
        name=name,
        seconds=seconds,
        size=len(body),
        transitions=run.transitions,
        child_transitions=run.transitions - _of_parent(run),
        invocations=run.invocations,
        children=run.children,
        events=run.events,
        largest_state=run.largest_state,
        objects=len(new),
        batch_calls=sum(n for action, n in calls.items() if ":BatchDetect" in action),
        pii_calls=calls.get("comprehend:DetectPiiEntities", 0),
        translate_calls=calls.get("translate:TranslateText", 0),
        texts=sum(
            len(json.loads(line)["texts"])
            for key in new
            if "/batches/" in key and key.endswith(".jsonl")
            for line in s3.get_object(Bucket=results, Key=key)["Body"].iter_lines()
        ),
        audio_seconds=billed["audio_seconds"] if document["input"]["kind"] == "audio" else 0.0,
        translated_characters=billed["translated_characters"],
        comprehend_units=billed["comprehend_units"],
    )


def _document(s3: Any, results: str, before: set[str]) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        time.sleep(POLL)
        for prefix in ("documents/", "failures/"):
            for key in _keys(s3, results, prefix) - before:
                told = json.loads(s3.get_object(Bucket=results, Key=key)["Body"].read())
                if prefix == "documents/":
                    return dict(told)
                raise SandboxError(f"the document failed in {told['state']}: {told['cause']}")
    raise SandboxError(f"no document within {PATIENCE:.0f} s: run make demo ARCH={STACK}")


def _of_parent(run: Run) -> int:
    return sum(step.entered for step in run.trails[0])


def _keys(s3: Any, bucket: str, prefix: str = "") -> set[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return {item["Key"] for page in pages for item in page.get("Contents", ())}
