"""REL8."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.partial_batches import MAPPING, REPORTED, RULE


@pytest.mark.parametrize(
    ("source", "more", "count"),
    [
        ("sqs", {}, 1),
        ("sqs", {"BatchSize": 5}, 1),
        ("sqs", {"BatchSize": 1}, 0),
        ("sqs", {"FunctionResponseTypes": [REPORTED]}, 0),
        ("kinesis", {}, 0),
    ],
)
def test_a_queue_is_read_message_by_message(found_in, source, more, count):
    arn = {"Fn::Sub": f"arn:${{AWS::Partition}}:{source}:x:y:work"}
    assert len(found_in(RULE, one(MAPPING, EventSourceArn=arn, **more))) == count
