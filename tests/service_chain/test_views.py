"""What the views answer, over files that the functions themselves write, and who judges them."""

import datetime as dt
import json

import pytest

from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.statements import run
from service_chain import object_keys
from service_chain.document import document_of
from service_chain.failure_record import record_of
from stacks.service_chain.columns import DOCUMENTS, FAILURES
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.sql import sql_files
from stacks.settings import load_settings
from testing.shelf import Shelf

STACK = "ServiceChain"
NOW = dt.datetime(2026, 3, 1, 14, tzinfo=dt.UTC)
SQL = sql_files(load_settings().of(ServiceChain))
MOOD = {"label": "NEGATIVE", "positive": 0.1, "negative": 0.7, "neutral": 0.1, "mixed": 0.1}
PERSON = {"text": "Anna", "type": "PERSON", "score": 0.99, "count": 2, "offsets": [[0, 4]]}
PLACE = {"text": "Paris", "type": "LOCATION", "score": 0.5, "count": 1, "offsets": [[9, 14]]}
PHRASE = {"text": "the machine", "score": 0.9, "count": 1, "offsets": [[0, 3]]}


def _account(**changes):
    usual = {
        "sentiment": MOOD,
        "entities": [PERSON, PLACE],
        "key_phrases": [PHRASE],
        "pii": [{"type": "NAME", "begin": 0, "end": 4, "score": 0.9}],
        "units": {"sentiment": 3},
    }
    return {**usual, **changes}


def _input(number, day):
    return {
        "document_id": f"{number:032x}",
        "attempt": 1,
        "bucket": "inbox",
        "key": f'calls/"{number}" é.wav',
        "version_id": "v1",
        "size": 5_000_000_000,
        "event_time": f"{day}T12:00:00Z",
        "copy_source": "inbox/x?versionId=v1",
    }


@pytest.fixture
def shelf(template):
    return Shelf(template(STACK))


@pytest.fixture
def deliver(shelf):
    """Write a document as the functions do, with an account of what each language says."""

    def write(number=1, day="2026-03-01", kind="audio", **accounts):
        given = _input(number, day)
        chain = {
            "input": given,
            "identified": {"kind": kind, "media_format": "wav", "channels": 2, "encoding": None},
            "read": {"characters": 17, "words": 3, "audio_seconds": 2.5, "sample": "Anna"},
            "language": {"code": "en-US", "base": "en", "source": "transcript", "score": None},
            "split": {"chunks": 1, "skipped": ["sw"]},
            "translations": [
                {"language": name, "characters": 17} for name in accounts if name != "en"
            ],
            "insights": [{"language": name} for name in accounts],
            "redactions": [],
            "speech": [],
            "started_at": f"{day}T12:00:01.5Z",
            "execution": "run",
        }
        finished = f"{day}T12:00:09Z"
        document = document_of(
            chain, accounts, bucket="results", confidence=0.5, personal=None, finished_at=finished
        )
        key = object_keys.document(given["document_id"], given["event_time"])
        shelf.objects[key] = json.dumps(document, ensure_ascii=False).encode() + b"\n"

    return write


@pytest.fixture
def fail(shelf):
    """Write a failure record as its function does."""

    def write(number=1, day="2026-03-01", **changes):
        event = {
            "input": _input(number, day),
            "state": "Identify",
            "error": "Refused",
            "cause": json.dumps({"errorType": "Refused", "errorMessage": "empty: it has no bytes"}),
            "execution": "run",
            "failed_at": f"{day}T12:00:01.123Z",
        }
        record = record_of({**event, **changes}, None)
        key = object_keys.failure(record["document_id"], record["input"]["event_time"])
        shelf.objects[key] = json.dumps(record).encode() + b"\n"

    return write


@pytest.fixture
def ask(shelf):
    """Ask the engine that stands for Athena; rows come as dictionaries of text."""

    def rows(sql):
        result = run(Session(shelf, shelf, "servicechain", now=lambda: NOW), sql, ())
        names = [name for name, _ in result.columns]
        return [dict(zip(names, row, strict=True)) for row in result.rows]

    return rows


def test_a_document_has_a_row_for_each_language_that_was_analysed(deliver, ask):
    deliver(en=_account(), es=_account(), fr=_account(pii=None))
    rows = ask("SELECT * FROM insights ORDER BY language")
    assert [row["language"] for row in rows] == ["en", "es", "fr"]
    assert [row["is_source"] for row in rows] == ["true", "false", "false"]
    first = rows[0]
    assert first["object_key"] == 'calls/"1" é.wav'
    assert first["event_time"] == "2026-03-01 12:00:00.000"
    assert first["sentiment"] == "negative"
    assert (first["source_language"], first["kind"], first["words"]) == ("en", "audio", "3")
    assert first["text_uri"].endswith(f"/texts/{1:032x}.txt")
    assert (first["audio_seconds"], first["characters"]) == ("2.5", "17")


def test_findings_below_their_threshold_are_left_out_and_the_row_stays(deliver, ask):
    unsure = {"label": "MIXED", "positive": 0.2, "negative": 0.2, "neutral": 0.1, "mixed": 0.5}
    deliver(en=_account(sentiment=unsure, key_phrases=[{**PHRASE, "score": 0.1}]))
    (row,) = ask(
        "SELECT sentiment, mixed, cardinality(entities) AS entities, key_phrases FROM insights"
    )
    assert row == {"sentiment": None, "mixed": "0.5", "entities": "1", "key_phrases": "[]"}


def test_personal_data_is_told_by_kind_and_unknown_where_it_cannot_be_found(deliver, ask):
    deliver(en=_account(), fr=_account(pii=None), es=_account(pii=[]))
    rows = ask("SELECT language, pii_types, pii_count FROM insights ORDER BY language")
    assert [tuple(row.values()) for row in rows] == [
        ("en", "[name]", "1"),
        ("es", "[]", "0"),
        ("fr", None, None),
    ]


def test_a_document_without_any_text_is_a_document_and_no_insight(deliver, ask):
    deliver()
    assert ask("SELECT * FROM insights") == []
    (row,) = ask("SELECT document_id, billed.audio_seconds AS heard FROM documents")
    assert row["document_id"] == f"{1:032x}"


def test_entities_can_be_counted(deliver, ask):
    deliver(1, en=_account(), es=_account())
    deliver(2, en=_account())
    rows = ask("SELECT type, text, sum(mentions) AS n FROM entities WHERE is_source GROUP BY 1, 2")
    assert [tuple(row.values()) for row in rows] == [("person", "Anna", "4")]


def test_the_profile_tells_what_each_threshold_would_leave(deliver, ask):
    deliver(en=_account())
    rows = ask("SELECT * FROM confidence_profile WHERE finding = 'entity' ORDER BY threshold")
    assert [row["findings"] for row in rows] == [*["2"] * 6, *["1"] * 6]
    assert rows[-1]["share"] == "0.5"
    (mood,) = ask(
        "SELECT * FROM confidence_profile WHERE finding = 'sentiment' AND threshold = 0.7"
    )
    assert mood["findings"] == "1"


def test_a_failure_is_told_with_its_reason(fail, ask):
    fail()
    (row,) = ask("SELECT * FROM failed_documents")
    assert (row["reason"], row["error"], row["state"]) == ("empty", "Refused", "Identify")
    assert (row["failed_at"], row["size_bytes"]) == ("2026-03-01 12:00:01.123", "5000000000")


def test_a_filter_on_day_reads_only_that_days_files(deliver, ask, shelf):
    for number, day in enumerate(("2026-03-01", "2026-02-28", "2026-02-27")):
        deliver(number, day, en=_account())
    assert ask("SELECT * FROM insights WHERE day = '2026-03-01'")
    assert {key.split("/")[1] for key in shelf.read_keys} == {"day=2026-03-01"}


@pytest.mark.parametrize("name", sorted(SQL.queries()))
def test_every_saved_query_answers(deliver, fail, ask, name):
    deliver(1, en=_account(), es=_account())
    fail(2)
    sql = SQL.queries()[name]
    assert ask(sql.replace("current_date", "DATE '2026-03-01'"))


def test_the_columns_declared_are_those_that_are_written(deliver, fail, shelf):
    """The SerDe drops what has no column, and leaves empty what is not written."""
    deliver(en=_account(), es=_account())
    fail(2)
    documents, failures = (json.loads(shelf.objects[key]) for key in sorted(shelf.objects))
    assert list(documents) == list(DOCUMENTS)
    assert set(failures) == set(FAILURES)
    for record, columns in ((documents, DOCUMENTS), (failures, FAILURES)):
        for name, kind in columns.items():
            _fits(record[name], kind, name)


def _fits(value, kind, where):
    """Compare the names inside of a value with those of its Hive type."""
    if value is None or "<" not in kind:
        return
    outer, _, inner = kind.partition("<")
    inner = inner[:-1]
    if outer == "array":
        for each in value:
            _fits(each, inner, where)
        return
    fields = dict(_fields(inner))
    assert set(fields) == set(value), where
    for name, of in fields.items():
        _fits(value[name], of, f"{where}.{name}")


def _fields(text):
    depth, start = 0, 0
    for place, character in enumerate(f"{text},"):
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "," and not depth:
            name, _, kind = text[start:place].partition(":")
            yield name, kind
            start = place + 1
