"""The tables of the chain's benchmark."""

import pytest

from benchmarks.service_chain.measure import documents
from benchmarks.service_chain.taken import Taken, section, waiting

LETTER = Taken(
    name="Letter", seconds=1.4, size=900, transitions=60, child_transitions=20, invocations=7,
    children=2, events=120, largest_state=3_000, objects=15, batch_calls=3, pii_calls=1,
    translate_calls=1, texts=2, audio_seconds=0, translated_characters=900, comprehend_units=39,
)  # fmt: skip


def test_a_text_for_each_call_is_as_many_calls_as_operations():
    assert LETTER.single_calls == 8


def test_ai_is_priced_by_what_it_bills():
    assert LETTER.ai_dollars.low == pytest.approx(900 * 15e-6 + 39 * 1e-4)


def test_the_first_document_only_warms_up():
    told = section([LETTER, LETTER])
    assert told.count("| Letter |") == 3
    assert "3,000 bytes of 262,144" in told
    assert "120 events of 25,000" in told
    assert "| Letter | 2 | 4 | 8 | 2.0 |" in told
    assert "| Letter | 2 | 20 | 0.0005 | 0.0000 | 0.0174 | 2.9 % |" in told


def test_polling_is_counted_against_a_call_back_with_its_looks():
    rows = waiting().splitlines()[2:]
    assert rows[0] == "| 10 min | called back | 4 | 1 | 1 | 0.4 |"
    assert rows[1] == "| 10 min | every 5 s | 360 | 90 | 120 | 50.0 |"
    assert rows[2] == "| 10 min | every 30 s | 60 | 15 | 20 | 8.3 |"


def test_the_large_text_has_exactly_its_size(monkeypatch):
    monkeypatch.setattr("benchmarks.service_chain.measure.TEXT_BYTES", 300_000)
    monkeypatch.setattr("benchmarks.service_chain.measure.silent_flac", lambda seconds: b"")
    sent = {name: body for name, _, body in documents()}
    assert len(sent["Text of 0.3 MB"]) == 300_000
    sent["Text of 0.3 MB"].decode()
