"""REL5."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.piped_failures import PIPE, RULE

LOGS = {"Level": "ERROR"}
KEPT = {"DeadLetterConfig": {"Arn": "arn:x"}}


@pytest.mark.parametrize(
    "source", [{"SqsQueueParameters": {}}, {"KinesisStreamParameters": KEPT}, None]
)
def test_a_pipe_that_keeps_what_fails_passes(found_in, source):
    more = {"SourceParameters": source} if source else {}
    assert found_in(RULE, one(PIPE, LogConfiguration=LOGS, **more)) == []


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"LogConfiguration": {"Level": "OFF"}},
        {"LogConfiguration": {**LOGS, "IncludeExecutionData": ["ALL"]}},
        {"LogConfiguration": LOGS, "SourceParameters": {"KinesisStreamParameters": {}}},
        {"LogConfiguration": LOGS, "SourceParameters": {"DynamoDBStreamParameters": {}}},
    ],
)
def test_a_pipe_that_drops_them_is_found(found_in, bad):
    assert len(found_in(RULE, one(PIPE, **bad))) == 1
