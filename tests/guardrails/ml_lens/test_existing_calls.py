"""REL7."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.existing_calls import RULE, machine
from guardrails.ml_lens.integrations import SCHEDULE
from guardrails.ml_lens.machines import MACHINE


@pytest.mark.parametrize(
    ("call", "arguments", "told"),
    [
        ("aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k"}, None),
        ("aws-sdk:s3:getObject", {"Bucket.$": "$.b", "Key.$": "$.k"}, None),
        ("aws-sdk:sfn:sendTaskSuccess", {"TaskToken": "t", "Output": "{}"}, None),
        ("aws-sdk:transcribe:startTranscriptionJob.waitForTaskToken", None, None),
        ("sqs:sendMessage.waitForTaskToken", {}, None),
        ("states:startExecution.sync:2", {}, None),
        ("aws-sdk:s3:fetchObject", {}, "calls 'fetchObject'"),
        ("aws-sdk:s3:GetObject", {}, "is spelled 'getObject'"),
        ("aws-sdk:sqss:sendMessage", {}, "calls 'sqss'"),
        ("aws-sdk:s3:getObject", {"Bucket": "b"}, "does not pass 'key'"),
        ("aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k", "Name": "n"}, "passes 'name'"),
        ("aws-sdk:glue:startJobRun.sync", {"JobName": "j"}, "waits by 'sync'"),
        ("sqs:sendMessages", {}, "calls 'sendMessages'; sqs has sendMessage"),
        ("sns:publish.sync", {}, "waits by 'sync'"),
        ("kinesis:putRecord", {}, "no optimized integration"),
    ],
)
def test_a_call_must_exist_with_its_arguments(found_in, call, arguments, told):
    text = machine(f"arn:x:states:::{call}", **(arguments or {}))
    if arguments is None:
        text = text.replace('"Parameters": {}', '"Parameters.$": "$"')
    found = [finding.detail for finding in found_in(RULE, one(MACHINE, DefinitionString=text))]
    assert (told is None) == (found == [])
    assert told is None or told in found[0]


def test_a_schedule_calls_what_exists(found_in):
    for action, count in (("sendMessage", 0), ("sendMail", 1)):
        target = {"Fn::Sub": f"arn:${{AWS::Partition}}:scheduler:::aws-sdk:sqs:{action}"}
        assert len(found_in(RULE, one(SCHEDULE, Target={"Arn": target}))) == count
