"""Many executions at once: whoever waits takes nothing from the others."""

import concurrent.futures
import json


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
