"""Send documents and frames through a new account in a storm; count what is lost or doubled."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.storm.page import Outcome, section
from benchmarks.storm.rules import storm
from demos.athena import ask
from demos.demo import DISPOSABLE
from demos.deployed import Outputs
from fixtures.faces import draw_frame
from fixtures.speech.calls import VORBIS
from fixtures.texts.library import texts
from sandbox.host import client
from sandbox.host.client import Sandbox
from sandbox.host.process import SandboxError

CHAIN, SHOP = "ServiceChain", "RetailDemographics"
FUNCTIONS = 10  # what a new account grants
DOCUMENTS = int(os.environ.get("STORM_DOCUMENTS", "200"))
FRAMES = int(os.environ.get("STORM_FRAMES", "2000"))
STORES = ("Aarhus", "Évora", "São Paulo")
PATIENCE = 2_400.0
POLL = 1.0


def report() -> str:
    """Measure, and write about it."""
    with client.start() as sandbox:
        granted = sandbox.grant(concurrent_functions=FUNCTIONS)["concurrent_functions"]
        deployed = sandbox.deploy(CHAIN, SHOP, context=DISPOSABLE, say=lambda line: None)
        chain, shop = deployed[CHAIN], deployed[SHOP]
        rules = storm()
        sandbox.forget_calls()
        sandbox.faults(rules)
        begun = time.monotonic()
        names = _send(sandbox, chain["InboxBucketName"], _documents())
        frames = _send(sandbox, shop["FramesBucketName"], _frames())
        ids = {_document_id(chain["InboxBucketName"], *name) for name in names.items()}
        sandbox.fire_schedules()
        _wait(sandbox, lambda: _is_still(sandbox, shop["QueueUrl"]), "all frames")
        seen = time.monotonic() - begun
        _wait(sandbox, lambda: _has_ended(sandbox, chain, ids), "all documents")
        told = time.monotonic() - begun
        struck = sandbox.faults()
        sandbox.faults([])
        outcomes = [
            _documents_found(sandbox, chain, ids, told),
            _frames_found(sandbox, shop, set(frames), seen),
        ]
        calls = sandbox.calls()
    return section(granted, outcomes, struck, calls)


def _documents() -> Iterator[tuple[str, bytes]]:
    kinds = texts()
    for n in range(DOCUMENTS):
        if n % 10 == 5:
            yield f"storm/{n:04}.ogg", VORBIS.read_bytes()
        else:
            yield f"storm/{n:04}.txt", kinds[n % len(kinds)].plain()


def _frames() -> Iterator[tuple[str, bytes]]:
    for n in range(FRAMES):
        frame = draw_frame(n, faces=n % 4, size=(320, 240), format="jpeg")
        yield f"{STORES[n % 3]}/cam {n % 4}/{n:05}.jpg", frame.image


def _send(sandbox: Sandbox, bucket: str, things: Iterator[tuple[str, bytes]]) -> dict[str, str]:
    """Upload things, eight at a time; gives the version of each key."""
    s3 = sandbox.client("s3", max_pool_connections=8, retries={"max_attempts": 20})

    def put(thing: tuple[str, bytes]) -> tuple[str, str]:
        key, body = thing
        while True:  # a camera tries again, too: boto3 does not where the key was throttled
            try:
                return key, s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"]
            except s3.exceptions.ClientError as error:
                if not error.response["Error"]["Code"].startswith("KMS."):
                    raise

    with ThreadPoolExecutor(8) as pool:
        return dict(pool.map(put, things))


def _document_id(bucket: str, key: str, version: str) -> str:
    return hashlib.sha256("\0".join((bucket, key, version)).encode()).hexdigest()[:32]


def _wait(sandbox: Sandbox, is_over: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_over():
        if time.monotonic() > end:
            raise SandboxError(f"{what} had no end within {PATIENCE:.0f} s: a storm lost some")
        sandbox.pass_time()  # nobody waits for a queue to hand out again what was not cleared
        time.sleep(POLL)


def _is_still(sandbox: Sandbox, queue: str) -> bool:
    kinds = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs = sandbox.client("sqs", retries={"max_attempts": 20})
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=kinds)["Attributes"]
    return not any(int(found[kind]) for kind in kinds)


def _has_ended(sandbox: Sandbox, chain: dict[str, str], ids: set[str]) -> bool:
    if not _is_still(sandbox, chain["QueueUrl"]):
        return False
    ended = {name for name, status in _executions(sandbox, chain) if status != "RUNNING"}
    return ids <= ended


def _executions(sandbox: Sandbox, chain: dict[str, str]) -> list[tuple[str, str]]:
    """List the chain's executions: the document that each is for, and its status."""
    states = sandbox.client("stepfunctions", retries={"max_attempts": 20})
    pages = states.get_paginator("list_executions").paginate(
        stateMachineArn=chain["StateMachineArn"]
    )
    return [(e["name"][:32], e["status"]) for page in pages for e in page["executions"]]


def _documents_found(
    sandbox: Sandbox, chain: dict[str, str], ids: set[str], seconds: float
) -> Outcome:
    s3 = sandbox.client("s3")
    ends: dict[str, Counter[str]] = {}
    for prefix in ("documents/", "failures/"):
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=chain["ResultsBucketName"], Prefix=prefix
        )
        keys = (version["Key"] for page in pages for version in page.get("Versions", ()))
        ends[prefix] = Counter(key.rpartition("/")[2][:32] for key in keys)
    all_ends = ends["documents/"] + ends["failures/"]
    runs = Counter(name for name, _ in _executions(sandbox, chain))
    return Outcome(
        what="Documents",
        sent=len(ids),
        lost=len(ids - all_ends.keys()),
        doubled=sum(all_ends[name] > 1 or runs[name] > 1 for name in ids),
        failed=sum(ends["failures/"][name] for name in ids),
        seconds=seconds,
        dead_letters=_depth(sandbox, chain, "DeadLetterQueueUrl", "UndeliveredQueueUrl"),
    )


def _frames_found(
    sandbox: Sandbox, shop: dict[str, str], keys: set[str], seconds: float
) -> Outcome:
    asked = {
        "frames": "SELECT object_key, count(*) AS times FROM frames GROUP BY object_key",
        "rejected": "SELECT object_key FROM rejected_frames",
    }
    answers = ask(sandbox, Outputs.of(shop), asked)
    times = {row["object_key"]: int(row["times"]) for row in answers["frames"]}
    return Outcome(
        what="Frames",
        sent=len(keys),
        lost=len(keys - times.keys()),
        doubled=sum(times[key] > 1 for key in keys & times.keys()),
        failed=len({row["object_key"] for row in answers["rejected"]} & keys),
        seconds=seconds,
        dead_letters=_depth(sandbox, shop, "DeadLetterQueueUrl"),
    )


def _depth(sandbox: Sandbox, stack: dict[str, str], *queues: str) -> int:
    return sum(not _is_still(sandbox, stack[queue]) for queue in queues)
