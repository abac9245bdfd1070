"""What messages ask for, and what an execution is given."""

import json
import re
from pathlib import Path

import pytest

from model_training.execution_inputs import (
    Champion,
    UnusableManifestError,
    champion_files,
    parameters,
    token,
    training_files,
)
from model_training.wishes import UnreadableWishError, Wish, read_wish
from stacks.model_training.contracts import offers

URI = "s3://lake/manifests/abc.json"
MANIFEST = {
    "content_hash": "a" * 64,
    "snapshot_id": "7",
    "files": [{"path": "s3://lake/training_set/data/1.parquet", "rows": 3, "bytes": 9}],
}


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        (
            {"detail-type": "Features Ready", "detail": {"manifest": URI}},
            Wish(URI, "another training set", again=False),
        ),
        (
            {"detail-type": "Retraining Requested", "detail": {"reason": "drift of temperature"}},
            Wish(None, "drift of temperature", again=True),
        ),
        ({"detail-type": "Scheduled Event", "detail": {}}, Wish(None, "by schedule", again=False)),
        ({"manifest": URI, "again": True}, Wish(URI, "by hand", again=True)),
        ({}, Wish(None, "by hand", again=False)),
    ],
    ids=["features", "drift", "schedule", "redrive", "by hand"],
)
def test_each_kind_of_message_is_understood(body, wish):
    assert read_wish(json.dumps(body)) == wish


def test_a_wish_as_others_are_told_to_send_it_is_understood():
    """By the contract, and by the page, whose example is one."""
    page = (Path(__file__).parents[2] / "docs" / "model_training.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.+?)```", page, re.DOTALL)
    entry, offered = json.loads(example), offers(stack_name="ModelTraining").retraining
    assert (entry["Source"], entry["DetailType"]) == (offered.source, offered.detail_type)
    wish = Wish(None, "drift of temperature", again=True)
    for further in ({}, {"feature": "temperature", "psi": 0.4}):
        detail = json.loads(entry["Detail"]) | further
        assert read_wish(json.dumps({"detail-type": offered.detail_type, "detail": detail})) == wish


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "no JSON"),
        ("[]", "no object"),
        ('{"detail-type": "Features Ready", "detail": {}}', "names no manifest"),
        ('{"detail-type": "Other"}', "of the kind 'Other'; allowed: Features Ready"),
        ('{"manifest": "/etc/passwd"}', "no text like s3"),
        ('{"manifest": 7}', "no text like s3"),
        ('{"model": 1}', "has model; allowed"),
        ('{"again": "yes"}', "an again that is no flag"),
    ],
    ids=["half", "array", "no manifest", "other event", "no place", "number", "unknown", "no flag"],
)
def test_what_is_not_understood_is_told_by_name(body, words):
    with pytest.raises(UnreadableWishError, match=words):
        read_wish(body)


def test_files_are_listed_as_sagemaker_reads_lists():
    listed = json.loads(training_files(MANIFEST, URI).listed())
    assert listed == [
        {"prefix": "s3://lake/"},
        "manifests/abc.json",
        "training_set/data/1.parquet",
    ]


@pytest.mark.parametrize(
    ("files", "words"),
    [([], "run the features of the lake again"), ([{"path": "s3://other/x"}], "another bucket")],
    ids=["none", "elsewhere"],
)
def test_a_manifest_without_files_of_the_lake_is_refused(files, words):
    with pytest.raises(UnusableManifestError, match=words):
        training_files({**MANIFEST, "files": files}, URI)


def test_before_the_first_approval_there_is_no_model_to_compare_with():
    found = champion_files("mine", "starts/a/1/", Champion(None, None))
    assert found.keys == ("starts/a/1/champion.json",)
    model = Champion("arn", "s3://mine/executions/x/model.tar.gz")
    assert champion_files("mine", "s/", model).keys[1] == "executions/x/model.tar.gz"
    with pytest.raises(UnusableManifestError, match="in another bucket"):
        champion_files("mine", "s/", Champion("arn", "s3://theirs/model.tar.gz"))


def test_an_attempt_has_a_token_that_sagemaker_takes():
    assert 32 <= len(token("a" * 64, 1)) <= 128
    assert token("a" * 64, 1) != token("a" * 64, 2)
    told = {p["Name"] for p in parameters(MANIFEST, URI, "b", "f/")}
    from stacks.model_training.pipeline.definition import PARAMETERS

    assert told == set(PARAMETERS)
