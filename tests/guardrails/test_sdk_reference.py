"""The table of the SDKs' actions is botocore's, and is read a service at a time."""

from guardrails.sdk_reference import TABLE, calls_of
from guardrails.sdk_reference.__main__ import table


def test_the_table_is_what_would_be_written_now():
    assert TABLE.read_text("utf-8") == table()


def test_an_action_knows_what_it_takes_and_must_have():
    call = calls_of("sqs")["sendmessage"]
    assert call.needs == {"queueurl", "messagebody"}
    assert "delayseconds" in (call.takes or ())


def test_of_other_services_the_names_are_known():
    assert calls_of("gamelift")["createfleet"].takes is None


def test_a_token_that_the_sdk_makes_need_not_be_given():
    assert "clientrequesttoken" not in calls_of("sagemaker")["startpipelineexecution"].needs


def test_an_unknown_service_has_no_actions():
    assert calls_of("sqss") == calls_of("") == calls_of("s") == {}
