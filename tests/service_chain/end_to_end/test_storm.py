"""Many documents at once: none lost, none twice, and never more calls than the quotas allow."""

import json
import math
import os
from collections import Counter, defaultdict
from fnmatch import fnmatch
from itertools import pairwise

import pytest

from fixtures.speech.calls import VORBIS
from fixtures.speech.long_recordings import talk
from fixtures.speech.silence import silence
from fixtures.texts.library import not_a_text, texts
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.rate_limit import TAKEN_MEANWHILE, interval_ms
from stacks.settings import load_settings

# STORM_DOCUMENTS=200 PYTEST_ARGS=tests/service_chain/end_to_end/test_storm.py make test
DOCUMENTS = int(os.environ.get("STORM_DOCUMENTS", "12"))
SECONDS = 180 + 5 * DOCUMENTS
# Rates are kept only on the whole; these seeds strike early, so that a few documents are enough.
AI = {"comprehend:*": 3, "translate:*": 3, "transcribe:*": 21}
STORM = [
    *({"action": a, "rate": 0.1, "code": "ThrottlingException", "seed": n} for a, n in AI.items()),
    {"action": "s3:PutObject", "rate": 0.02, "code": "InternalError", "seed": 8},
    {"action": "s3:GetObject*", "rate": 0.02, "code": "InternalError", "seed": 28},
    {"action": "kms:*", "rate": 0.02, "code": "ThrottlingException", "seed": 5},
    {"action": "logs:PutLogEvents", "rate": 0.02, "code": "ServiceUnavailable", "seed": 6},
    {"action": "sqs:ReceiveMessage", "rate": 0.1, "code": "InternalError", "seed": 7},
    {"action": "lambda:InvokeFunction", "rate": 0.1, "code": "TooManyRequestsException", "seed": 9},
    {"action": "dynamodb:UpdateItem", "rate": 0.05, "code": "ThrottlingException", "seed": 10},
    # Of few calls the first ones.
    {"action": "sns:Publish", "code": "InternalErrorException", "status": 500, "times": 2},
    {"action": "states:StartExecution", "code": "ThrottlingException", "times": 2},
    {"action": "sqs:DeleteMessage", "code": "InternalError", "times": 1},
    {"event": "eventbridge", "duplicate": 0.2, "shuffle": True, "seed": 4},
]
NEW_ACCOUNT = 10  # functions at once
VERSIONS = 3
REDELIVERED = 60  # seconds; a function that starts on a busy machine may take half of that
BAD = {
    "bad/empty.txt": (b"", "empty"),
    "bad/invoice.txt": (not_a_text(), "unsupported"),
    "bad/noise.bin": (bytes(range(256)) * 64, "not_text"),
    "bad/torn.wav": (silence(1)[:20], "damaged"),
}
# The names of turns in states, what they are for, and the quota that it is for.
TURNS = {
    "Batch": ("comprehend:BatchDetect*", "comprehend_batch_per_second"),
    "Language": ("comprehend:DetectDominantLanguage", "comprehend_detect_per_second"),
    "Transcribe": ("transcribe:StartTranscriptionJob", "transcribe_start_per_second"),
    "Translate": ("translate:TranslateText", "translate_text_per_second"),
}
SCHEDULED_TO_CALLED = 100  # milliseconds between what a history notes and what the sandbox counts
CROWD = 6  # documents of some pages


def written(count):
    """Give texts under keys of their own, every tenth a recording."""
    kinds = texts()
    for n in range(count):
        if n % 10 == 5:
            yield f"storm/{n:04}.ogg", VORBIS.read_bytes()
        else:
            yield f"storm/{n:04}.txt", kinds[n % len(kinds)].plain()


@pytest.fixture
def new_account(calm):
    """Give a calm office in an account that runs few functions at once."""
    calm.sandbox.grant(concurrent_functions=NEW_ACCOUNT)
    yield calm
    calm.sandbox.grant()


def test_every_document_has_one_end_whatever_fails(new_account):
    calm = new_account
    calm.redeliver_after(seconds=REDELIVERED)
    calm.sandbox.faults(STORM)
    good = calm.drop_all(written(DOCUMENTS - VERSIONS))
    good += [calm.drop("storm/same.txt", texts()[0].plain()) for _ in range(VERSIONS)]
    bad = dict(zip(BAD, calm.drop_all([(k, body) for k, (body, _) in BAD.items()]), strict=True))
    sent = [*good, *bad.values()]
    found = calm.finished(sent, SECONDS)
    # What a function took and did not acknowledge in time comes again, and changes nothing.
    queue = calm.outputs["QueueUrl"]
    calm.wait_for(lambda: calm.depth(queue) == 0, SECONDS)
    hits = {rule.get("action", "event"): rule["hits"] for rule in calm.sandbox.faults()}
    calm.sandbox.faults([])

    assert all(hits.values()), f"a fault never struck: {hits}"
    assert len(set(sent)) == DOCUMENTS + len(BAD)
    ends = Counter(key.rsplit("/", 1)[-1][:32] for key in calm.ends())
    assert {name: ends[name] for name in sent} == dict.fromkeys(sent, 1)
    runs = Counter(execution["name"][:32] for execution in calm.executions())
    assert {name: runs[name] for name in sent} == dict.fromkeys(sent, 1)
    assert calm.dead_letters() == 0
    failures = [found[name] for name in good if "error" in found[name]]
    assert not failures, f"these should have outlived the storm: {failures}"
    assert {key: found[name]["reason"] for key, name in bad.items()} == {
        key: reason for key, (_, reason) in BAD.items()
    }
    languages = {name: {i["language"] for i in found[name]["insights"]} for name in good}
    assert all({"es", "fr"} <= analysed for analysed in languages.values())


def turns_of(history, apart):
    """Yield each turn that an execution took: whose, when it began and when the call was made."""
    noun, turn, waited = "", 0.0, False
    for event in history:
        name = event.get("stateEnteredEventDetails", {}).get("name", "")
        if name.startswith("Reserve"):
            noun = name.removeprefix("Reserve").partition("Slot")[0]
        output = event.get("taskSucceededEventDetails", {}).get("output", "")
        if '"slot"' in output:
            turn = float(json.loads(output)["Attributes"]["slot"]["N"]) - apart[noun]
        if event["type"] == "WaitStateExited":
            waited = True
        elif waited and event["type"] == "TaskScheduled":
            yield noun, turn, event["timestamp"].timestamp() * 1000
            waited = False


def failures_of(history):
    """Yield the errors of calls that failed."""
    for event in history:
        if event["type"] == "TaskFailed":
            yield event["taskFailedEventDetails"]["error"]


def test_a_crowd_makes_at_most_the_calls_a_second_that_the_quotas_allow(calm):
    settings = load_settings(None, {})
    quotas = {noun: getattr(settings.shared.quotas, quota) for noun, (_, quota) in TURNS.items()}
    share = settings.of(ServiceChain).quota_share
    apart = {noun: interval_ms(quota, share) for noun, quota in quotas.items()}
    pages = talk(5_000).encode()
    calm.redeliver_after(seconds=REDELIVERED)
    calm.sandbox.forget_calls()
    crowd = [(f"crowd/{n}.txt", pages) for n in range(CROWD)]
    ids = calm.drop_all([*crowd, *((f"crowd/{n}.ogg", VORBIS.read_bytes()) for n in range(2))])
    found = calm.finished(ids, SECONDS)
    peaks = calm.sandbox.peaks()
    assert all("insights" in found[name] for name in ids)

    parents = [calm.execution(name) for name in ids]
    runs = [run for parent in parents for run in (parent, *calm.children(parent))]
    histories = [calm.history(run) for run in runs]
    taken = defaultdict(list)
    for history in histories:
        for noun, turn, called in turns_of(history, apart):
            taken[noun].append((turn, called))
    late = 0.0
    for noun in quotas:
        turns = sorted(turn for turn, _ in taken[noun])
        assert turns, noun
        assert min((b - a for a, b in pairwise(turns)), default=apart[noun]) >= apart[noun], noun
        # AWS cuts the moment of a Wait to its second: all turns of a second may begin with it.
        waits = [called - turn // 1000 * 1000 for turn, called in taken[noun]]
        assert min(waits) >= 0, noun
        # Within one second, wherever it begins, fall the turns of two: not one call more than the
        # quota, unless the machine was too busy to make a call within a second of its moment.
        slowest = max(waits) + SCHEDULED_TO_CALLED
        behind = max(called - turn for turn, called in taken[noun]) + SCHEDULED_TO_CALLED
        span = min(math.ceil(1 + slowest / 1000) * 1000, 2000 + max(behind, 0))
        late = max(late, span - 2000)
        for action in filter(lambda a: fnmatch(a, TURNS[noun][0]), peaks):
            assert peaks[action] <= math.ceil(span / apart[noun]), (action, span)
    assert len(taken["Batch"]) > 3 * quotas["Batch"], "too few calls to tell"
    errors = Counter(error for history in histories for error in failures_of(history))
    del errors[TAKEN_MEANWHILE]  # a turn that another was quicker to take
    assert not errors or late, errors
