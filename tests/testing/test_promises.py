"""Where a promise holds, is skipped, or is about nothing."""

import pytest

from testing.promises import skip_unless_held

QUEUES = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
TOPICS = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def test_a_promise_holds_where_a_template_has_what_it_is_about():
    skip_unless_held("AWS::SQS::Queue", QUEUES, [QUEUES, TOPICS])


def test_a_promise_is_skipped_where_another_template_has_it():
    with pytest.raises(pytest.skip.Exception, match=r"has no AWS::SQS::Queue"):
        skip_unless_held("AWS::SQS::Queue", TOPICS, [QUEUES, TOPICS])


def test_a_promise_about_what_no_template_has_fails():
    with pytest.raises(AssertionError, match="AWS::S3::Buckets: nothing exercises this promise"):
        skip_unless_held("AWS::S3::Buckets", TOPICS, [QUEUES, TOPICS])
