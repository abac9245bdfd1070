"""Whoever asks about a stack in the middle of an operation is answered when it is over."""

import json
import time

import pytest

# A custom resource that takes its time.
SLOW = """
import json, time, urllib.request

def handler(event, context):
    time.sleep(float(event["ResourceProperties"]["Seconds"]))
    answer = {"Status": "SUCCESS", "PhysicalResourceId": "it", **{
        name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, method="PUT"))
"""


@pytest.fixture
def slow_stack(sandbox, function, unique, arn):
    """Begin to make a stack that takes so many seconds; gives its name."""

    def begin(seconds):
        name = unique("slow")
        token = arn("lambda", f"function:{function(SLOW)}")
        properties = {"ServiceToken": token, "Seconds": str(seconds)}
        template = {"Resources": {"It": {"Type": "Custom::Slow", "Properties": properties}}}
        sandbox.client("cloudformation").create_stack(
            StackName=name, TemplateBody=json.dumps(template)
        )
        return name

    return begin


@pytest.fixture
def status(sandbox):
    """Ask once about a stack; gives what was said, and after how many seconds."""
    cloudformation = sandbox.client("cloudformation")

    def ask(stack):
        started = time.monotonic()
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return found["StackStatus"], time.monotonic() - started

    return ask


def test_the_answer_comes_with_the_end(slow_stack, status):
    said, seconds = status(slow_stack(1))
    assert said == "CREATE_COMPLETE"
    assert seconds > 0.5


def test_after_a_while_it_comes_all_the_same(slow_stack, status, eventually):
    stack = slow_stack(5)
    said, seconds = status(stack)
    assert said == "CREATE_IN_PROGRESS"
    assert 2 < seconds < 5
    assert eventually(lambda: status(stack)[0] == "CREATE_COMPLETE")


def test_nobody_else_waits(sandbox, slow_stack, status):
    slow_stack(2)
    started = time.monotonic()
    cloudformation = sandbox.client("cloudformation")
    cloudformation.describe_stacks()
    cloudformation.list_stacks()
    sandbox.client("sts").get_caller_identity()
    assert time.monotonic() - started < 2


def test_a_change_set_under_review_is_no_operation(sandbox, status, unique):
    name = unique("reviewed")
    cloudformation = sandbox.client("cloudformation")
    template = {"Resources": {"It": {"Type": "AWS::SQS::Queue"}}}
    cloudformation.create_change_set(
        StackName=name,
        ChangeSetName="it",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template),
    )
    said, seconds = status(name)
    assert said == "REVIEW_IN_PROGRESS"
    assert seconds < 2
