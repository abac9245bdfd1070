"""Saying why nothing came out."""

from demos.advice import nothing


def test_the_words_of_aws_come_first():
    said = nothing("no frame was counted", ["AccessDenied: no"], "2 messages", "the log")
    assert said == "no frame was counted; AWS refused: AccessDenied: no"


def test_without_a_refusal_the_dead_letters_and_the_log_are_named():
    said = nothing("no execution began", [], "2 events", "the log of start_chain")
    assert said.startswith("no execution began, and 2 events are in the dead-letter queue")
    assert said.endswith("run it again with KEEP=1 and read the log of start_chain")
