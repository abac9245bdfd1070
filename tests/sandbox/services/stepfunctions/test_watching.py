"""What can be seen of executions: metrics, alarms, logs; and EXPRESS ones, of which it is all."""

import datetime as dt
import json

import pytest

from sandbox.services.stepfunctions.runs import seconds_allowed

QUICK = {"Go": {"Type": "Pass", "Output": {"secret": "{% $states.input.secret %}"}, "End": True}}
BROKEN = {"Go": {"Type": "Fail", "Error": "Mine", "Cause": "so"}}


@pytest.fixture
def log_group(sandbox, unique):
    logs, name = sandbox.client("logs"), f"/states/{unique('group')}"
    logs.create_log_group(logGroupName=name)
    [found] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return name, found["arn"]


@pytest.fixture
def logging(log_group):
    """Spell a logging configuration."""

    def spell(level, *, data):
        to = {"cloudWatchLogsLogGroup": {"logGroupArn": log_group[1]}}
        return {"level": level, "includeExecutionData": data, "destinations": [to]}

    return spell


@pytest.fixture
def logged(sandbox, log_group):
    """Read the logged events."""

    def read():
        found = sandbox.client("logs").filter_log_events(logGroupName=log_group[0])["events"]
        return sorted((json.loads(e["message"]) for e in found), key=lambda e: int(e["id"]))

    return read


@pytest.fixture
def total(sandbox):
    """Sum a metric of a machine."""

    def read(machine_arn, name, statistic="Sum"):
        now = sandbox.now()
        points = sandbox.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/States",
            MetricName=name,
            Dimensions=[{"Name": "StateMachineArn", "Value": machine_arn}],
            StartTime=now - dt.timedelta(hours=1),
            EndTime=now + dt.timedelta(minutes=1),
            Period=7200,
            Statistics=[statistic],
        )["Datapoints"]
        return sum(point[statistic] for point in points)

    return read


def test_executions_are_counted_by_their_end(start, machine, states, total):
    good, bad = machine(QUICK), machine(BROKEN)
    late = machine({"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}, TimeoutSeconds=1)
    start(good, {"secret": 1}).output()
    start(bad).error()
    stopped = start(late)
    states.stop_execution(executionArn=stopped.arn)
    start(late).end()
    assert [total(good, f"Executions{what}") for what in ("Started", "Succeeded", "Failed")] == [
        1,
        1,
        0,
    ]
    assert [total(bad, f"Executions{what}") for what in ("Started", "Failed")] == [1, 1]
    assert [total(late, f"Executions{what}") for what in ("Started", "TimedOut", "Aborted")] == [
        2,
        1,
        1,
    ]
    assert 1000 <= total(late, "ExecutionTime", "Maximum") < 10_000


def test_a_failed_execution_rings_an_alarm(start, machine, sandbox, unique, eventually):
    arn, alarm = machine(BROKEN), unique("alarm")
    cloudwatch = sandbox.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="AWS/States",
        MetricName="ExecutionsFailed",
        Dimensions=[{"Name": "StateMachineArn", "Value": arn}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )

    def state():
        [found] = cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
        return found["StateValue"]

    start(arn).error()
    eventually(lambda: state() == "ALARM")


def test_all_events_are_logged_with_their_data(start, logging, logged):
    run = start(QUICK, {"secret": "x"}, logging=logging("ALL", data=True))
    run.output()
    assert [event["type"] for event in logged()] == run.kinds()
    assert json.loads(logged()[0]["details"]["input"]) == {"secret": "x"}
    last = logged()[-1]
    assert last["execution_arn"] == run.arn
    assert (last["id"], last["previous_event_id"]) == ("4", "3")


def test_without_data_no_input_and_no_output_is_logged(start, task, table, logging, logged):
    item = {"id": {"S": "{% $states.input.secret %}"}}
    call = task("aws-sdk:dynamodb:putItem", {"TableName": table, "Item": item})
    start({"Put": call}, {"secret": "hidden"}, logging=logging("ALL", data=False)).output()
    events = logged()
    assert [event["type"] for event in events][2:5] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
    ]
    assert "hidden" not in json.dumps(events)


@pytest.mark.parametrize(
    ("level", "kinds"),
    [("ERROR", ["TaskFailed", "ExecutionFailed"]), ("FATAL", ["ExecutionFailed"]), ("OFF", [])],
)
def test_a_level_leaves_out_what_is_below(start, task, logging, logged, level, kinds):
    call = task("aws-sdk:dynamodb:describeTable", {"TableName": "none"})
    start({"Call": call}, logging=logging(level, data=False)).error()
    assert [event["type"] for event in logged()] == kinds


def test_children_log_where_their_machine_does(start, logging, logged):
    inner = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "In",
        "States": {"In": {"Type": "Succeed"}},
    }
    state = {"Type": "Map", "Items": [1], "ItemProcessor": inner, "End": True}
    start({"Each": state}, logging=logging("ALL", data=False)).output()
    [child] = [event for event in logged() if event["type"] == "SucceedStateExited"]
    assert ":mapRun:" in child["map_run_arn"]


def test_a_group_that_is_gone_is_a_problem_and_no_failure(start, logging, log_group, sandbox):
    settings = logging("ALL", data=False)
    sandbox.client("logs").delete_log_group(logGroupName=log_group[0])
    start(QUICK, {"secret": 1}, logging=settings).output()
    assert any(log_group[0] in problem["message"] for problem in sandbox.problems())


def test_a_rule_starts_an_express_machine_with_its_event(
    machine, role, sandbox, unique, logging, logged, eventually
):
    flow = {"Go": {"Type": "Succeed", "Output": "{% $states.input.detail %}"}}
    arn = machine(flow, kind="EXPRESS", logging=logging("ALL", data=True))
    events, rule, source = sandbox.client("events"), unique("rule"), unique("source")
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "it", "Arn": arn, "RoleArn": role}])
    entry = {"Source": source, "DetailType": "t", "Detail": json.dumps({"job": "j"})}
    events.put_events(Entries=[entry])
    eventually(lambda: [e for e in logged() if e["type"] == "ExecutionSucceeded"])
    last = logged()[-1]
    assert json.loads(last["details"]["output"]) == {"job": "j"}
    assert ":express:" in last["execution_arn"]


def test_nothing_but_logs_is_kept_of_an_express_execution(machine, states, code_of):
    arn = machine(QUICK, kind="EXPRESS")
    begin = {"stateMachineArn": arn, "name": "same", "input": '{"secret": 1}'}
    first, second = (states.start_execution(**begin)["executionArn"] for _ in range(2))
    assert first != second
    assert code_of(states.describe_execution, executionArn=first)[0] == "InvalidArn"
    assert code_of(states.get_execution_history, executionArn=first)[0] == "InvalidArn"
    wrong = "StateMachineTypeNotSupported"
    assert code_of(states.list_executions, stateMachineArn=arn)[0] == wrong
    assert code_of(states.stop_execution, executionArn=first)[0] == wrong


def test_an_express_execution_may_be_waited_for(machine, sandbox, code_of):
    states = sandbox.client("stepfunctions", inject_host_prefix=False)
    arn = machine(QUICK, kind="EXPRESS")
    done = states.start_sync_execution(stateMachineArn=arn, input='{"secret": 1}')
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"secret": 1})
    standard = machine(QUICK)
    assert code_of(states.start_sync_execution, stateMachineArn=standard)[0] == (
        "StateMachineTypeNotSupported"
    )


def test_an_express_execution_has_five_minutes():
    assert seconds_allowed("EXPRESS", {}) == 300
    assert seconds_allowed("EXPRESS", {"TimeoutSeconds": 900}) == 300
    assert seconds_allowed("EXPRESS", {"TimeoutSeconds": 7}) == 7
    assert seconds_allowed("STANDARD", {}) is None
    assert seconds_allowed("STANDARD", {"TimeoutSeconds": 900}) == 900
