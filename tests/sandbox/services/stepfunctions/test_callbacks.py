"""A task token is settled once: by its callback, by a missed heartbeat, by the end of its time."""

import json
import threading

import pytest

GONE = ("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


def test_a_callback_resumes_the_task_with_its_output(start, waiting, token_in, states):
    run = start({"Await": waiting(HeartbeatSeconds=30, Output="{% $states.result.status %}")})
    states.send_task_success(taskToken=token_in(), output='{"status":"COMPLETED"}')
    assert run.output() == "COMPLETED"
    assert run.kinds()[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    [scheduled] = run.details("TaskScheduled")
    assert scheduled["resource"] == "putItem.waitForTaskToken"
    assert scheduled["resourceType"] == "aws-sdk:dynamodb"
    assert scheduled["heartbeatInSeconds"] == 30


def test_a_failure_of_the_callback_is_caught_by_its_name(start, waiting, token_in, states):
    catch = [
        {
            "ErrorEquals": ["TranscriptionFailed"],
            "Next": "Say",
            "Output": "{% $states.errorOutput %}",
        }
    ]
    run = start({"Await": waiting(Catch=catch), "Say": {"Type": "Succeed"}})
    states.send_task_failure(taskToken=token_in(), error="TranscriptionFailed", cause="noise")
    assert run.output() == {"Error": "TranscriptionFailed", "Cause": "noise"}


def test_a_token_is_used_once(start, waiting, token_in, states, code_of):
    run = start({"Await": waiting()})
    token = token_in()
    states.send_task_success(taskToken=token, output="1")
    assert run.output() == 1
    for call, given in (
        (states.send_task_success, {"output": "2"}),
        (states.send_task_failure, {}),
        (states.send_task_heartbeat, {}),
    ):
        assert code_of(call, taskToken=token, **given) == GONE


def test_of_many_callbacks_at_once_one_wins(start, waiting, token_in, states):
    run, token = start({"Await": waiting()}), token_in()
    won: list[str] = []

    def answer(output: str) -> None:
        try:
            states.send_task_success(taskToken=token, output=output)
        except states.exceptions.TaskTimedOut:
            return
        won.append(output)

    threads = [threading.Thread(target=answer, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [json.dumps(run.output())]


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U="])
def test_what_never_was_a_token_is_invalid(states, code_of, token):
    expected = ("InvalidToken", "Invalid Token: 'Invalid token'")
    assert code_of(states.send_task_success, taskToken=token, output="{}") == expected


def test_an_output_that_is_no_json_leaves_the_task_waiting(
    start, waiting, token_in, states, code_of
):
    run, token = start({"Await": waiting()}), token_in()
    assert code_of(states.send_task_success, taskToken=token, output="{")[0] == "InvalidOutput"
    assert run.now()["status"] == "RUNNING"
    states.send_task_success(taskToken=token, output="{}")
    assert run.output() == {}


@pytest.mark.parametrize("name", ["States.HeartbeatTimeout", "States.Timeout", "States.ALL"])
def test_a_missed_heartbeat_is_a_timeout_that_goes_by_two_names(start, waiting, name):
    catch = [{"ErrorEquals": [name], "Next": "Look", "Output": "{% $states.errorOutput.Error %}"}]
    run = start({"Await": waiting(HeartbeatSeconds=1, Catch=catch), "Look": {"Type": "Succeed"}})
    assert run.output() == "States.Timeout"
    assert run.details("TaskTimedOut")[0]["error"] == "States.Timeout"


def test_the_end_of_a_tasks_time_is_no_missed_heartbeat(start, waiting):
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Look"}]
    run = start({"Await": waiting(TimeoutSeconds=1, Catch=catch), "Look": {"Type": "Succeed"}})
    assert run.error() == ("States.Timeout", "")


def test_heartbeats_keep_a_task_alive_and_its_late_callback_finds_nothing(
    start, waiting, token_in, states, code_of, eventually
):
    run, token = start({"Await": waiting(HeartbeatSeconds=1, TimeoutSeconds=3)}), token_in()

    def beat() -> bool:
        try:
            states.send_task_heartbeat(taskToken=token)
        except states.exceptions.TaskTimedOut:
            return True
        return False

    eventually(beat)
    ended = run.end()
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() > 2.5
    assert code_of(states.send_task_success, taskToken=token, output="{}") == GONE


def test_the_seconds_may_be_computed(start, waiting):
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Look"}]
    seconds = "{% $states.input.beat %}"
    flow = {"Await": waiting(HeartbeatSeconds=seconds, Catch=catch), "Look": {"Type": "Succeed"}}
    run = start(flow, {"beat": 1})
    assert run.end()["status"] == "SUCCEEDED"
    assert run.details("TaskScheduled")[0]["heartbeatInSeconds"] == 1


def test_the_seconds_may_stand_in_the_input_of_a_jsonpath_state(start, resource, table):
    item = {"id": {"S": "job"}, "token": {"S.$": "$$.Task.Token"}}
    flow = {
        "Await": {
            "Type": "Task",
            "Resource": resource("aws-sdk:dynamodb:putItem.waitForTaskToken"),
            "Parameters": {"TableName": table, "Item": item},
            "HeartbeatSecondsPath": "$.beat",
            "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Look"}],
            "End": True,
        },
        "Look": {"Type": "Succeed"},
    }
    assert start(flow, {"beat": 1}, language="JSONPath").end()["status"] == "SUCCEEDED"


def test_a_call_that_fails_is_not_waited_for(start, task):
    arguments = {"TableName": "none", "Item": {"id": {"S": "{% $states.context.Task.Token %}"}}}
    run = start({"Await": task("aws-sdk:dynamodb:putItem.waitForTaskToken", arguments)})
    assert run.error()[0] == "DynamoDb.ResourceNotFoundException"


def test_a_stopped_execution_wants_no_callback(start, waiting, token_in, states, code_of):
    run, token = start({"Await": waiting()}), token_in()
    states.stop_execution(executionArn=run.arn, error="Enough", cause="of this")
    ended = run.end()
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Enough", "of this")
    assert run.kinds()[-1] == "ExecutionAborted"
    assert code_of(states.send_task_success, taskToken=token, output="{}") == GONE


def test_a_worker_fetches_an_activitys_task(start, states, unique):
    activity = states.create_activity(name=unique("activity"))["activityArn"]
    flow = {
        "Work": {"Type": "Task", "Resource": activity, "HeartbeatSeconds": 20, "End": True},
    }
    run = start(flow, {"page": 1})
    given = states.get_activity_task(activityArn=activity, workerName="me")
    assert json.loads(given["input"]) == {"page": 1}
    states.send_task_success(taskToken=given["taskToken"], output='"read"')
    assert run.output() == "read"
    assert run.kinds()[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]


def test_the_clocks_of_an_activity_start_with_its_worker(start, states, unique):
    activity = states.create_activity(name=unique("activity"))["activityArn"]
    flow = {"Work": {"Type": "Task", "Resource": activity, "HeartbeatSeconds": 1, "End": True}}
    run = start(flow)
    threading.Event().wait(1.5)
    assert run.now()["status"] == "RUNNING"
    states.get_activity_task(activityArn=activity)
    assert run.error() == ("States.Timeout", "")
