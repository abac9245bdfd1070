"""What is too large or too long for Step Functions."""

import json

import pytest

LIMIT = 262_144


@pytest.fixture
def text(task, bucket, sandbox):
    """Spell a task whose result holds a text of so many bytes."""

    def spell(size, **more):
        sandbox.client("s3").put_object(Bucket=bucket, Key=str(size), Body=b"a" * size)
        return task("aws-sdk:s3:getObject", {"Bucket": bucket, "Key": str(size)}, **more)

    return spell


def test_a_result_that_is_too_large_fails_past_every_wildcard(start, text):
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60}]
    catch = [
        {"ErrorEquals": ["States.TaskFailed"], "Next": "Say"},
        {"ErrorEquals": ["States.ALL"], "Next": "Say"},
    ]
    flow = {"Get": text(LIMIT, Retry=retry, Catch=catch), "Say": {"Type": "Succeed"}}
    assert start(flow).error() == (
        "States.DataLimitExceeded",
        "The state/task 'aws-sdk:s3' returned a result with a size exceeding the maximum number "
        "of bytes service limit.",
    )


def test_it_can_be_caught_by_its_own_name(start, text):
    catch = [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Say"}]
    flow = {"Get": text(LIMIT, Catch=catch), "Say": {"Type": "Succeed", "Output": "caught"}}
    assert start(flow).output() == "caught"


def test_what_is_just_small_enough_passes(start, text):
    size = LIMIT - 1000
    run = start({"Get": text(size, Output="{% $length($states.result.Body) %}")})
    assert run.output() == size


def test_bytes_count_and_not_characters(start):
    grow = {"Type": "Pass", "Output": "{% $states.input.t & $states.input.t %}", "End": True}
    assert len(start({"Grow": grow}, {"t": "a" * 100_000}).output()) == 200_000
    assert start({"Grow": grow}, {"t": "ü" * 70_000}).error()[0] == "States.DataLimitExceeded"


def test_the_results_of_a_map_count_together(start):
    inner = {
        "Go": {"Type": "Pass", "Output": "{% $states.context.Execution.Input.t %}", "End": True}
    }
    state = {
        "Type": "Map",
        "Items": [1, 2, 3],
        "ItemProcessor": {"StartAt": "Go", "States": inner},
        "End": True,
    }
    error, cause = start({"Each": state}, {"t": "a" * 100_000}).error()
    assert error == "States.DataLimitExceeded"
    assert "'Each'" in cause


def test_a_child_cannot_be_given_too_much(start, resource, bucket, sandbox):
    line = json.dumps("a" * LIMIT)
    sandbox.client("s3").put_object(Bucket=bucket, Key="k", Body=line.encode())
    state = {
        "Type": "Map",
        "ItemReader": {
            "Resource": resource("s3:getObject"),
            "ReaderConfig": {"InputType": "JSONL"},
            "Arguments": {"Bucket": bucket, "Key": "k"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Go",
            "States": {"Go": {"Type": "Succeed"}},
        },
        "End": True,
    }
    assert start({"Each": state}).error()[0] == "States.DataLimitExceeded"


def test_an_input_that_is_too_large_starts_nothing(machine, states, code_of):
    arn = machine({"Go": {"Type": "Succeed"}})
    given = {"stateMachineArn": arn, "input": json.dumps("a" * LIMIT)}
    code, message = code_of(states.start_execution, **given)
    assert code == "ValidationException"
    assert message.endswith("Member must have length less than or equal to 262144")
    assert states.list_executions(stateMachineArn=arn)["executions"] == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"input": "{"}, "InvalidExecutionInput"),
        ({"name": "a b"}, "InvalidName"),
        ({"name": "a" * 81}, "InvalidName"),
        ({"name": "a/b"}, "InvalidName"),
    ],
)
def test_a_start_that_is_not_well_formed_is_refused(machine, states, code_of, given, code):
    arn = machine({"Go": {"Type": "Succeed"}})
    assert code_of(states.start_execution, stateMachineArn=arn, **given)[0] == code


def test_a_name_starts_one_execution(machine, states, code_of, execution):
    arn = machine({"Wait": {"Type": "Wait", "Seconds": 60, "End": True}})
    first = states.start_execution(stateMachineArn=arn, name="n", input='{"a":1}')
    again = states.start_execution(stateMachineArn=arn, name="n", input='{"a":1}')
    assert again["executionArn"] == first["executionArn"]
    other = {"stateMachineArn": arn, "name": "n", "input": '{"a":2}'}
    assert code_of(states.start_execution, **other)[0] == "ExecutionAlreadyExists"
    states.stop_execution(executionArn=first["executionArn"])
    ended = {"stateMachineArn": arn, "name": "n", "input": '{"a":1}'}
    assert code_of(states.start_execution, **ended)[0] == "ExecutionAlreadyExists"


def test_a_history_ends_at_its_25000th_event(start, states):
    flow = {
        "Tick": {"Type": "Pass", "Next": "Tock"},
        "Tock": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "Tick"}]},
    }
    run = start(flow)
    run.end(within=60)
    assert run.error() == (
        "States.Runtime",
        "The execution reached the maximum number of history events (25000).",
    )
    last, before = states.get_execution_history(
        executionArn=run.arn, reverseOrder=True, maxResults=2
    )["events"]
    assert (last["id"], last["previousEventId"], last["type"]) == (25000, 24999, "ExecutionFailed")
    assert before["type"] in (
        "PassStateExited",
        "ChoiceStateExited",
        "PassStateEntered",
        "ChoiceStateEntered",
    )
