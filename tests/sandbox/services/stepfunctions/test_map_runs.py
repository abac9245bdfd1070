"""Distributed Map: real child executions, read from S3, as many at once as the state says."""

import json

import pytest


@pytest.fixture
def distributed(resource, bucket):
    """Spell a distributed Map over the lines of an object, or over given items."""

    def spell(flow, *, key=None, items=None, execution_type="STANDARD", config=None, **more):
        if key:
            more["ItemReader"] = {
                "Resource": resource("s3:getObject"),
                "ReaderConfig": {"InputType": "JSONL", **(config or {})},
                "Arguments": {"Bucket": bucket, "Key": key},
            }
        elif items is not None:
            more["Items"] = items
        processor = {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
            "StartAt": next(iter(flow)),
            "States": flow,
        }
        return {"Type": "Map", "ItemProcessor": processor, "End": True} | more

    return spell


@pytest.fixture
def lines(sandbox, bucket):
    """Put an object of one JSON text a line."""

    def put(*items, key="items.jsonl"):
        text = "".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in items)
        sandbox.client("s3").put_object(Bucket=bucket, Key=key, Body=text.encode())
        return key

    return put


@pytest.fixture
def map_run(states):
    """Find the only Map Run of an execution, and its children's executions."""

    def find(run):
        [found] = states.list_map_runs(executionArn=run.arn)["mapRuns"]
        arn = found["mapRunArn"]
        children = states.list_executions(mapRunArn=arn)["executions"]
        return states.describe_map_run(mapRunArn=arn), children

    return find


GO_ON = {"Go": {"Type": "Pass", "Output": "{% $states.input %}", "End": True}}


def test_each_line_becomes_a_child_with_its_own_history(
    start, distributed, lines, map_run, execution
):
    key = lines({"n": 0, "text": "one\u2028line"}, {"n": 1, "text": "größer"})
    state = distributed(GO_ON, key=key, Label="Chunks", Output="{% $states.result.n %}")
    run = start({"Each": state})
    assert run.output() == [0, 1]
    assert run.kinds()[2:6] == [
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
    ]
    shown, children = map_run(run)
    assert "/Chunks:" in shown["mapRunArn"]
    assert shown["status"] == "SUCCEEDED"
    for counts in (shown["itemCounts"], shown["executionCounts"]):
        assert (counts["total"], counts["succeeded"], counts["pending"]) == (2, 2, 0)
    assert all("/Chunks:" in child["executionArn"] for child in children)
    one = execution(children[0]["executionArn"])
    assert one.kinds() == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert one.now()["mapRunArn"] == shown["mapRunArn"]


def test_a_selector_gives_each_child_what_the_parent_knows(start, distributed, lines):
    selector = {
        "chunk": "{% $states.context.Map.Item.Value %}",
        "at": "{% $states.context.Map.Item.Index %}",
        "document": "{% $states.input.id %}",
        "language": "{% $language %}",
    }
    key = lines({"n": 7})
    flow = {
        "Note": {"Type": "Pass", "Assign": {"language": "es"}, "Next": "Each"},
        "Each": distributed(GO_ON, key=key, ItemSelector=selector),
    }
    expected = [{"chunk": {"n": 7}, "at": 0, "document": "d", "language": "es"}]
    assert start(flow, {"id": "d"}).output() == expected


def test_a_child_sees_none_of_its_parents_variables(start, distributed, map_run, execution):
    inner = {"Go": {"Type": "Pass", "Output": "{% $language %}", "End": True}}
    flow = {
        "Note": {"Type": "Pass", "Assign": {"language": "es"}, "Next": "Each"},
        "Each": distributed(inner, items=[1]),
    }
    run = start(flow)
    assert run.error()[0] == "States.ExceedToleratedFailureThreshold"
    _, [child] = map_run(run)
    assert execution(child["executionArn"]).error()[0] == "States.QueryEvaluationError"


def test_a_child_knows_itself_as_the_execution(start, distributed):
    inner = {
        "Go": {
            "Type": "Pass",
            "Output": "{% [$states.context.Execution.Id, $states.context.Execution.Input] %}",
            "End": True,
        }
    }
    [[arn, given]] = start({"Each": distributed(inner, items=[{"a": 1}])}).output()
    assert ":execution:" in arn
    assert given == {"a": 1}


def test_no_more_run_at_once_than_the_state_says(
    start, distributed, waiting, table, sandbox, states, map_run, eventually
):
    state = distributed(
        {"Await": waiting("{% $states.input %}")}, items=list("abcd"), MaxConcurrency=2
    )
    run, seen = start({"Each": state}), set[str]()

    def tokens():
        found = sandbox.client("dynamodb").scan(TableName=table)["Items"]
        return {item["token"]["S"] for item in found} - seen

    for _ in range(2):
        eventually(lambda: len(tokens()) == 2)
        counts = map_run(run)[0]["itemCounts"]
        assert counts["running"] == 2
        assert counts["pending"] == 2 - len(seen)
        waiting_now = tokens()
        seen |= waiting_now
        for token in waiting_now:
            states.send_task_success(taskToken=token, output="1")
    assert run.output() == [1, 1, 1, 1]


def test_as_many_items_are_read_as_asked_for(start, distributed, lines):
    key = lines(*range(50))
    assert start({"Each": distributed(GO_ON, key=key, config={"MaxItems": 3})}).output() == [
        0,
        1,
        2,
    ]


def test_a_big_file_is_read_whole(start, distributed, lines):
    key = lines(*({"n": n, "text": "ä" * 4000} for n in range(500)))
    counted = {"Go": {"Type": "Pass", "Output": "{% $length($states.input.text) %}", "End": True}}
    result = start({"Each": distributed(counted, key=key)}).output()
    assert result == [4000] * 500


def test_an_empty_file_has_no_children(start, distributed, lines, map_run):
    run = start({"Each": distributed(GO_ON, key=lines())})
    assert run.output() == []
    assert map_run(run)[1] == []


@pytest.mark.parametrize("content", [None, b'{"a": 1}\n{"b"'])
def test_a_file_that_cannot_be_read_is_an_error_to_catch(
    start, distributed, sandbox, bucket, content
):
    if content:
        sandbox.client("s3").put_object(Bucket=bucket, Key="k", Body=content)
    catch = [{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "Say"}]
    flow = {
        "Each": distributed(GO_ON, key="k", Catch=catch),
        "Say": {"Type": "Succeed", "Output": "{% $states.input.Error %}"},
    }
    run = start(flow)
    assert run.output() == "States.ItemReaderFailed"
    assert "MapRunFailed" in run.kinds()


@pytest.mark.parametrize(
    ("tolerance", "status"),
    [
        ({}, "FAILED"),
        ({"ToleratedFailureCount": 1}, "FAILED"),
        ({"ToleratedFailureCount": 2}, "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 49}, "FAILED"),
        ({"ToleratedFailurePercentage": 50}, "SUCCEEDED"),
    ],
)
def test_failures_are_tolerated_up_to_the_threshold(start, distributed, map_run, tolerance, status):
    inner = {
        "Odd": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input % 2 = 1 %}", "Next": "Bad"}],
            "Default": "Good",
        },
        "Bad": {"Type": "Fail", "Error": "Odd", "Cause": "an odd number"},
        "Good": {"Type": "Succeed"},
    }
    run = start({"Each": distributed(inner, items=[0, 1, 2, 3], MaxConcurrency=1, **tolerance)})
    ended = run.end()
    assert ended["status"] == status
    assert map_run(run)[0]["status"] == status
    if status == "FAILED":
        assert ended["error"] == "States.ExceedToleratedFailureThreshold"
    else:
        assert json.loads(ended["output"]) == [0, 2]


def test_the_children_of_a_failed_run_are_aborted(start, distributed, map_run, eventually):
    inner = {
        "First": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 0 %}", "Next": "Bad"}],
            "Default": "Wait",
        },
        "Bad": {"Type": "Fail", "Error": "No"},
        "Wait": {"Type": "Wait", "Seconds": 60, "End": True},
    }
    run = start({"Each": distributed(inner, items=[1, 0], MaxConcurrency=2)})
    assert run.error()[0] == "States.ExceedToleratedFailureThreshold"
    shown, children = map_run(run)
    assert sorted(child["status"] for child in children) == ["ABORTED", "FAILED"]
    assert (shown["itemCounts"]["failed"], shown["itemCounts"]["aborted"]) == (1, 1)


def test_a_stopped_execution_stops_its_children(start, distributed, map_run, states, eventually):
    inner = {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}
    run = start({"Each": distributed(inner, items=[1, 2])})
    eventually(lambda: "MapRunStarted" in run.kinds() and len(map_run(run)[1]) == 2)
    states.stop_execution(executionArn=run.arn)
    run.end()
    eventually(lambda: {c["status"] for c in map_run(run)[1]} == {"ABORTED"})
    assert map_run(run)[0]["status"] == "ABORTED"


def test_express_children_keep_no_history(start, distributed, map_run, states, code_of):
    run = start({"Each": distributed(GO_ON, items=[1], execution_type="EXPRESS")})
    assert run.output() == [1]
    [child] = map_run(run)[1]
    assert ":express:" in child["executionArn"]


def test_items_come_in_batches(start, distributed, map_run):
    batcher = {"MaxItemsPerBatch": 2, "BatchInput": {"id": "{% $states.input.id %}"}}
    run = start({"Each": distributed(GO_ON, items=[1, 2, 3], ItemBatcher=batcher)}, {"id": "d"})
    assert run.output() == [
        {"BatchInput": {"id": "d"}, "Items": [1, 2]},
        {"BatchInput": {"id": "d"}, "Items": [3]},
    ]
    shown, _ = map_run(run)
    assert (shown["itemCounts"]["total"], shown["executionCounts"]["total"]) == (3, 2)


def test_a_batch_holds_no_more_bytes_than_asked_for(start, distributed):
    batcher = {"MaxInputBytesPerBatch": 40}
    batches = start(
        {"Each": distributed(GO_ON, items=["a" * 10] * 4, ItemBatcher=batcher)}
    ).output()
    assert [len(batch["Items"]) for batch in batches] == [2, 2]


def test_results_are_written_with_a_manifest(start, distributed, bucket, resource, sandbox):
    writer = {
        "Resource": resource("s3:putObject"),
        "Arguments": {"Bucket": bucket, "Prefix": "{% 'out/' & $states.input.id %}"},
    }
    inner = {
        "Odd": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input % 2 = 1 %}", "Next": "Bad"}],
            "Default": "Good",
        },
        "Bad": {"Type": "Fail", "Error": "Odd"},
        "Good": {"Type": "Succeed"},
    }
    state = distributed(inner, items=[0, 1], ResultWriter=writer, ToleratedFailureCount=1)
    result = start({"Each": state}, {"id": "d"}).output()
    where = result["ResultWriterDetails"]
    assert where["Key"].startswith("out/d/")
    s3 = sandbox.client("s3")
    manifest = json.loads(s3.get_object(**where)["Body"].read())
    assert manifest["MapRunArn"] == result["MapRunArn"]
    [good], [bad] = (
        json.loads(
            s3.get_object(Bucket=bucket, Key=manifest["ResultFiles"][k][0]["Key"])["Body"].read()
        )
        for k in ("SUCCEEDED", "FAILED")
    )
    assert (good["Status"], good["Output"]) == ("SUCCEEDED", "0")
    assert (bad["Status"], bad["Error"]) == ("FAILED", "Odd")


def test_a_listing_of_objects_can_be_the_items(start, distributed, resource, bucket, sandbox):
    for key in ("in/a", "in/b", "out/c"):
        sandbox.client("s3").put_object(Bucket=bucket, Key=key, Body=b"12")
    reader = {
        "Resource": resource("s3:listObjectsV2"),
        "Arguments": {"Bucket": bucket, "Prefix": "in/"},
    }
    state = distributed(GO_ON, ItemReader=reader, Output="{% $states.result.[Key, Size] %}")
    assert start({"Each": state}).output() == [["in/a", 2], ["in/b", 2]]
