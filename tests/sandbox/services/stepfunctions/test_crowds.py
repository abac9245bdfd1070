"""Many executions at once: whoever waits takes nothing from the others."""

import concurrent.futures
import json
from itertools import pairwise


def test_two_hundred_executions_wait_and_work_side_by_side(
    sandbox, machine, states, waiting, table, eventually
):
    child = {
        "Tick": {"Type": "Wait", "Timestamp": "{% $fromMillis($millis() + 50) %}", "End": True}
    }
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Tick",
        "States": child,
    }
    flow = {
        "Await": waiting("{% $states.input.id %}", HeartbeatSeconds=120, Next="Each"),
        "Each": {"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": processor, "End": True},
    }
    arn, database = machine(flow), sandbox.client("dynamodb", max_pool_connections=16)
    names = [f"job-{n}" for n in range(200)]

    def begin(name):
        given = json.dumps({"id": name})
        states.start_execution(stateMachineArn=arn, name=name, input=given)

    def resume(item):
        states.send_task_success(taskToken=item["token"]["S"], output="{}")

    def items():
        return database.scan(TableName=table)["Items"]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(begin, names))
        eventually(lambda: len(items()) == len(names))
        list(pool.map(resume, items()))

    def ended():
        pages = states.get_paginator("list_executions").paginate(stateMachineArn=arn)
        found = [run["status"] for page in pages for run in page["executions"]]
        return found if "RUNNING" not in found else []

    assert eventually(ended) == ["SUCCEEDED"] * len(names)


def test_map_runs_beyond_the_quota_wait_for_those_that_are_open(
    sandbox, machine, states, eventually
):
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Tick",
        "States": {"Tick": {"Type": "Wait", "Seconds": 1, "End": True}},
    }
    arn = machine({"Each": {"Type": "Map", "Items": [1], "ItemProcessor": processor, "End": True}})
    sandbox.grant(open_map_runs=1)
    try:
        runs = [states.start_execution(stateMachineArn=arn)["executionArn"] for _ in range(3)]

        def ended():
            found = [states.describe_execution(executionArn=run) for run in runs]
            return found if all(run["status"] != "RUNNING" for run in found) else None

        assert {run["status"] for run in eventually(ended)} == {"SUCCEEDED"}
    finally:
        sandbox.grant()
    spans = []
    for run in runs:
        (map_run,) = states.list_map_runs(executionArn=run)["mapRuns"]
        (child,) = states.list_executions(mapRunArn=map_run["mapRunArn"])["executions"]
        spans.append((child["startDate"], child["stopDate"]))
    spans.sort()
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
