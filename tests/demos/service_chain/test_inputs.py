"""The input of the demo."""

import pytest

from demos.service_chain.inputs import make_files


@pytest.fixture(scope="module")
def files():
    return make_files()


def test_there_are_recordings_and_texts_in_three_languages_and_files_that_are_neither(files):
    assert [f.kind for f in files.good].count("audio") == 2
    assert {f.language for f in files.good if f.kind == "text"} == {"en", "es", "fr"}
    assert {f.reason for f in files.bad} == {"unsupported", "empty"}


def test_some_event_is_sent_twice(files):
    assert sum(f.twice for f in files.all) == 1


def test_every_key_is_another_and_can_be_found(files):
    assert len({f.key for f in files.all}) == len(files.all)
    assert all(files.named(f.key) is f for f in files.all)
    assert files.named("nothing") is None


def test_what_a_redacted_copy_must_hide_stands_in_the_text(files):
    secrets = [(f, secret) for f in files.good for secret in f.secrets]
    assert len(secrets) == 4
    assert all(secret in " ".join(f.said) for f, secret in secrets)
