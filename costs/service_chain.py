"""What the service chain costs per document, per hour of audio and per month."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from costs.bill import GB_MONTH, Line, Range, at_rest, exactly, line
from costs.defaults import defaults
from costs.markdown import table
from costs.tables import month_costs, price_list, two_bills

TEXT = 2_000  # characters of the text that the pages price
DOCUMENTS = 1_000
CHARACTERS_PER_UNIT, LEAST_UNITS = 100, 3
SETTINGS = defaults()["service_chain"]
CHUNK = SETTINGS["translate_chunk_bytes"]  # bytes that one call of Translate takes
ITEM = SETTINGS["comprehend_item_bytes"]  # bytes of one text in a batch for Comprehend
BATCH = 15_000  # bytes of one batch: its texts together are asked for personal data in one call
DETECTED = 4_900  # bytes of a text from which its language is told
SPEECH = 15.0  # characters that a person says in a second: 150 words a minute
SHORTEST_BILLED = 15  # seconds of audio, where a minimum is charged
RETRIED = 1.02  # the high case asks again for two calls in a hundred
HOURS_KEPT = 400 * 24
WORK_HOURS = 7 * 24
# State transitions of an execution, as `make demo ARCH=ServiceChain` counts them.
FIXED = exactly(11)
FOR_AUDIO = Range(5, 9)  # high: the event was lost, and the chain looked for itself
FOR_LANGUAGE_DETECTION = Range(3, 4)
PER_TARGET = exactly(2)
PER_CHUNK = Range(4, 6)  # high: it tries for its turn three times
PER_ANALYSED = exactly(4)
PER_BATCH = Range(11, 14)
OBJECTS_PER_CHILD = 2  # with answers; that of a translation writes one
METRICS = 11
FAILURE_REASONS = 12  # seven of ours, and as many names of AWS's errors as a bad month may see
# https://docs.aws.amazon.com/transcribe/latest/dg/job-queueing.html, read on 2026-11-28: beyond
# these jobs at work others wait, and of those that wait 0.9 of the number are at work.
JOBS, WAITING_SHARE = 250, 0.9
LAMBDAS = 4  # and one per target, one per analysed language, one per redacted copy
LAMBDA_GB_SECONDS = Range(0.15, 2.0)  # each: 256 or 1,769 MiB for 0.15 s; high: 1,769 for 1.2 s


@dataclass(frozen=True, slots=True)
class Amounts:
    """What documents use of everything that is billed by use."""

    documents: float
    audio_seconds: Range
    translated_characters: Range
    comprehend_units: Range
    speech_characters: Range
    transitions: Range
    invocations: Range
    children: Range
    text_bytes: float
    media_bytes: Range

    def times(self, n: float) -> "Amounts":
        """Multiply everything."""
        return Amounts(
            self.documents * n, self.audio_seconds * n, self.translated_characters * n,
            self.comprehend_units * n, self.speech_characters * n, self.transitions * n,
            self.invocations * n, self.children * n, self.text_bytes * n, self.media_bytes * n,
        )  # fmt: skip


def expected(
    characters: int, *, targets: int = 2, audio_seconds: float = 0, personal: int = 2
) -> Amounts:
    """Estimate a document of one byte per character, translated and analysed in every language.

    ``personal`` of its languages have detection of personal data, and so a redacted copy.
    """
    languages = targets + 1
    chunks, batches = math.ceil(characters / CHUNK), math.ceil(characters / BATCH)
    items = [ITEM] * (characters // ITEM) + ([characters % ITEM] if characters % ITEM else [])
    each = sum(max(LEAST_UNITS, math.ceil(item / CHARACTERS_PER_UNIT)) for item in items)
    whole = batches * max(LEAST_UNITS, math.ceil(characters / max(batches, 1) / 100))
    detected = 0 if audio_seconds else max(LEAST_UNITS, math.ceil(min(characters, DETECTED) / 100))
    units = float(3 * each * languages + whole * personal + detected)
    sent = float(characters * targets)
    transitions = FIXED + PER_TARGET * targets + PER_CHUNK * (chunks * targets)
    transitions += PER_ANALYSED * languages + PER_BATCH * (batches * languages)
    transitions += FOR_AUDIO if audio_seconds else FOR_LANGUAGE_DETECTION
    invoked = LAMBDAS + targets + languages + personal
    children = float(chunks * targets + batches * languages)
    return Amounts(
        documents=1,
        audio_seconds=Range(audio_seconds, max(audio_seconds, SHORTEST_BILLED))
        if audio_seconds
        else exactly(0),
        translated_characters=Range(sent, sent * RETRIED),
        comprehend_units=Range(units, units * RETRIED),
        speech_characters=exactly(0),
        transitions=transitions,
        invocations=Range(invoked, invoked * RETRIED),
        children=exactly(children),
        text_bytes=float(characters * languages),
        media_bytes=Range(audio_seconds * 16_000, audio_seconds * 64_000),
    )


def spoken_hour() -> Amounts:
    """Estimate one recording of an hour."""
    return expected(round(3600 * SPEECH), audio_seconds=3600)


def per_documents(a: Amounts) -> list[Line]:
    """Itemise what documents cost."""
    n = a.documents
    puts = Range(14 * n, 20 * n) + a.children * OBJECTS_PER_CHILD
    reads = Range(12 * n, 20 * n) + a.children * OBJECTS_PER_CHILD
    kept = Range(a.text_bytes * 3, a.text_bytes * 12)
    work = a.media_bytes + kept
    logged = a.transitions * 1_500
    return [
        line("Transcribe", "transcribe_minute", a.audio_seconds.low / 60, a.audio_seconds.high / 60,
             "by the second of audio; sources disagree on the price"),
        line("Translate", "translate_character", a.translated_characters.low,
             a.translated_characters.high, "each character once per target language"),
        line("Comprehend", "comprehend_unit", a.comprehend_units.low, a.comprehend_units.high,
             "three operations per language, PII where it exists, the language of a text"),
        line("Polly", "polly_character", a.speech_characters.low, a.speech_characters.high,
             "off by default"),
        line("Step Functions", "state_transition", a.transitions.low, a.transitions.high,
             "each state; high: turns lost to others and tried for again"),
        line("Step Functions, express", "express_request", 0, n if a.audio_seconds.high else 0,
             "one for the event of each transcription"),
        line("Lambda requests", "lambda_request", a.invocations.low + n, a.invocations.high + n,
             "one per job that is pure logic"),
        line("Lambda duration", "lambda_duration_arm",
             (a.invocations.low + n) * LAMBDA_GB_SECONDS.low,
             (a.invocations.high + n) * LAMBDA_GB_SECONDS.high, "up to 1,769 MiB, 0.15 to 1.2 s"),
        line("S3 writes", "s3_put", puts.low, puts.high, "the file, pieces and answers, results"),
        line("S3 reads", "s3_get", reads.low, reads.high, "the same, read once"),
        line("S3, kept", "s3_storage", (kept.low * HOURS_KEPT + work.low * WORK_HOURS) / GB_MONTH,
             (kept.high * HOURS_KEPT + (a.media_bytes.high + work.high) * HOURS_KEPT) / GB_MONTH,
             "texts and lists for 400 days, work for 7; high: the recording for 400"),
        line("DynamoDB, pace and callbacks", "dynamodb_write", a.children.low + 2 * n,
             a.children.high * 2 + 6 * n, "a turn per call that is paced; high: two tries each"),
        line("SQS", "sqs_request", 2.2 * n, 3 * n, "send, receive, delete"),
        line("EventBridge", "eventbridge_event", n, 2 * n, "one per file, one per transcription"),
        line("SNS", "sns_publish", n, n, "one notification; delivery by mail is extra"),
        line("KMS", "kms_request", 4 * n, 60 * n + a.children.high * 4,
             "bucket keys and reused data keys; high: hardly any reuse"),
        line("CloudWatch Logs", "logs_ingest", (logged.low + 2_000 * n) / 1e9,
             (logged.high * 2 + 12_000 * n) / 1e9, "every event of an execution, no content"),
        line("X-Ray", "xray_trace", n * 0.05, n, "sampled; high: every one"),
    ]  # fmt: skip


def ai_services(lines: Iterable[Line]) -> list[Line]:
    """Pick the lines of the AI services."""
    return [one for one in lines if one.item in ("Transcribe", "Translate", "Comprehend", "Polly")]


def per_month() -> list[Line]:
    """Itemise what a deployed stack costs in a month, documents aside."""
    looks = 12 * 24 * 30  # measure_age, every five minutes
    return at_rest(
        metrics=line("CloudWatch metrics", "metric", METRICS, METRICS + 1 + FAILURE_REASONS,
                     "documents, executions, what is billed; high: and each reason of a failure"),
        alarms=line("CloudWatch alarms", "alarm", 24, 24,
                    "failures, throttles, age, dead letters; some of several metrics"),
        own=[
            line("Lambda, age of executions", "lambda_duration_arm", looks * LAMBDA_GB_SECONDS.low,
                 looks * LAMBDA_GB_SECONDS.high, "every five minutes"),
        ],
    )  # fmt: skip


def documents_an_hour(
    characters: int, *, calls_per_second: float, characters_per_call: int, languages: int
) -> float:
    """Return how many texts an hour a quota of calls lets through."""
    calls = math.ceil(characters / characters_per_call) * languages
    return 3600 * calls_per_second / calls


def tables() -> dict[str, str]:
    """Write the tables of the page, by the name of their place."""
    month, hour = per_month(), per_documents(spoken_hour())
    return {
        "costs-per-document": document_costs(),
        "costs-per-month": month_costs(month),
        "prices": price_list([*hour, *month]),
        "quota": quota(),
    }


def document_costs() -> str:
    """Tabulate the cost of a thousand texts and of an hour of audio."""
    heads = [
        "US dollars", "1,000 texts low", "1,000 texts high", "1 audio hour low",
        "1 audio hour high", "Because",
    ]  # fmt: skip
    amounts = (expected(TEXT).times(DOCUMENTS), spoken_hour())
    bills = [per_documents(amount) for amount in amounts]
    used = [n for n, pair in enumerate(zip(*bills, strict=True)) if any(a.high for a in pair)]
    shown = [[bill[n] for n in used] for bill in bills]
    return two_bills(heads, shown, "AI services", _without_ai, digits=(3, 4))


def _without_ai(lines: list[Line]) -> list[Line]:
    services = ai_services(lines)
    return [line for line in lines if line not in services]


def quota() -> str:
    """Tabulate what each quota of the chain lets through, at the settings' share of it."""
    quotas, share = defaults()["quotas"], SETTINGS["quota_share"]
    targets = len(SETTINGS["translate_to"])
    hour = round(3600 * SPEECH)
    rows = []
    for api, name, per_call, times in (
        ("Comprehend, batch calls", "comprehend_batch_per_second", BATCH, targets + 1),
        ("Comprehend, language of a text", "comprehend_detect_per_second", None, 1),
        ("Translate, text calls (AWS publishes none; a setting)", "translate_text_per_second",
         CHUNK, targets),
    ):  # fmt: skip
        tps = quotas[name]
        let = [
            documents_an_hour(
                size, calls_per_second=tps * share, characters_per_call=per_call or size,
                languages=times,
            )
            for size in (TEXT, hour)
        ]  # fmt: skip
        # A transcript tells its language: that of a recording is not asked for.
        rows.append([api, f"{tps:g}", f"{let[0]:,.0f}", f"{let[1]:,.0f}" if per_call else ""])
    starts = quotas["transcribe_start_per_second"]
    rows.append(["Transcribe, starts", f"{starts:g}", "", f"{starts * share * 3600:,.0f}"])
    for words, part in (("as long as its recording", 1), ("a quarter of that", 0.25)):
        rows.append([f"Transcribe, {JOBS} jobs at work, should one take {words}", "", "",
                     f"{JOBS * WAITING_SHARE / part:,.0f}"])  # fmt: skip
    heads = ["Quota", "Calls a second", "Texts an hour", "Recordings of an hour, an hour"]
    return table(heads, rows)
