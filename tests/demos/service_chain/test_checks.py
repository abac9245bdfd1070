"""What came out against what went in: whatever is wrong is named."""

from dataclasses import replace
from typing import Any

import pytest

from demos.service_chain.checks import account_of, checks, differences
from demos.service_chain.inputs import File, Files

ROWS = 9


@pytest.fixture
def complaint(chain):
    return next(d for d in chain.documents if d.key.endswith(".md"))


@pytest.fixture
def file(complaint):
    source = complaint.source
    return File(
        complaint.key, b"", language="en", said=tuple(source.text.split("\n\n")),
        secrets=("eleanor.whitcombe@example.com",), mood="negative",
    )  # fmt: skip


@pytest.fixture
def judged(chain):
    def judge(documents=None, failures=None, **changes):
        files = Files(
            tuple(File(d.key, b"", d.kind, d.language) for d in chain.documents),
            tuple(File(f.key, b"", reason=f.reason) for f in chain.failures),
        )
        given: dict[str, Any] = {
            "targets": ("es",),
            "keys_of_executions": [file.key for file in files.all],
            "running": 0,
            "rows": [{"document_id": str(n), "language": "en"} for n in range(ROWS)],
            "failure_rows": [{"document_id": str(n)} for n in range(len(chain.failures))],
            "dead_letters": 0,
            "machine_as_synthesized": True,
            "problems": [],
        } | changes
        documents = chain.documents if documents is None else documents
        failures = chain.failures if failures is None else failures
        found = checks(account_of(files, documents, failures, **given))
        return [check.advice for check in found if not check.passed]

    return judge


def test_a_good_run_has_no_problem(judged):
    assert judged() == []


def test_a_file_without_an_outcome_is_lost(judged, chain):
    said = judged(documents=chain.documents[1:], rows=[])
    assert "1 file lost: sent, but neither a document nor a failure record: " in said[0]


def test_a_file_with_two_outcomes_is_named(judged, chain):
    twice = [*chain.failures, replace(chain.failures[0], key=chain.documents[0].key)]
    assert "there twice" in judged(failures=twice)[0]


def test_a_second_execution_is_named_even_when_its_document_is_the_same(judged, chain):
    keys = [d.key for d in (*chain.documents, *chain.failures)]
    said = judged(keys_of_executions=[*keys, keys[0]])
    assert "there twice" in said[0]
    assert "7 executions for 6 files" in said[1]


def test_a_failure_for_another_reason_is_named(judged, chain):
    (said,) = judged(failures=[replace(chain.failures[0], reason="gone"), chain.failures[1]])
    assert "'gone', not 'unsupported'" in said


def test_a_document_whose_execution_failed_is_named(judged, chain):
    first = chain.documents[0]
    broken = replace(first, run=replace(first.run, status="FAILED"))
    (said,) = judged(documents=[broken, *chain.documents[1:]])
    assert "ended FAILED, not SUCCEEDED" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dead_letters": 2}, "2 events in the dead-letter queue"),
        ({"running": 1}, "1 executions still run"),
        ({"rows": []}, "the view insights has 0 rows where the documents have 9"),
        ({"failure_rows": []}, "the table failures has 0 rows where 2 failure records"),
        ({"machine_as_synthesized": False}, "not the one in the synthesized template"),
        ({"problems": [{"message": "AccessDenied: no"}]}, "AWS refused: AccessDenied: no"),
        ({"targets": ("es", "de")}, "has no insights in de"),
    ],
)
def test_what_went_wrong_is_named(judged, change, said):
    assert said in judged(**change)[0]


def test_a_document_as_it_should_be_has_no_differences(file, complaint):
    assert differences(file, complaint, ("es", "fr")) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "es"}, "came out as 'text in en', not 'text in es'"),
        ({"kind": "audio"}, "came out as 'text in en', not 'audio in en'"),
        ({"mood": "positive"}, "sounds negative, not positive"),
        ({"said": ("never said",)}, "has lost text, from 'never said' on"),
        ({"secrets": ("terrible hotline",)}, "still has 1 secrets in it"),
    ],
)
def test_a_difference_is_named(file, complaint, change, said):
    assert said in " | ".join(differences(replace(file, **change), complaint, ()))


def test_a_recording_that_was_not_understood_is_named(chain):
    heard = chain.documents[0]
    deaf = replace(heard, recording=replace(heard.recording, error_rate=0.9))
    file = File(heard.key, b"", "audio", "en")
    assert differences(file, heard, ()) == []
    assert "90% of the words are wrong" in differences(file, deaf, ())[0]


def test_a_missing_redacted_copy_is_named(file, complaint):
    source = replace(complaint.source, redacted=None)
    without = replace(complaint, versions=(source, *complaint.versions[1:]))
    assert differences(file, without, ()) == [f"{file.key!r} has no redacted copy"]
