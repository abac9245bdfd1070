"""JSONata, variables and flows, as the Amazon States Language defines them."""

import datetime as dt

import pytest


def passing(**fields):
    return {"Type": "Pass", "End": True} | fields


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$states.input.a + 1", 2),
        ("$states.input.nothing", None),
        ("$merge([$states.input, {'b': 2}]).b", 2),
        ("$exists($states.input.missing)", False),
        ("$exists($states.input.nothing)", True),
        ("$number('12.5')", 12.5),
        ("$string(1700000000123)", "1700000000123"),
        ("$fromMillis(1700000000123)", "2023-11-14T22:13:20.123Z"),
        ("$toMillis('2023-11-14T22:13:20.123Z')", 1700000000123),
        ("$millis() > 1700000000000", True),
        ("$floor($millis() / 1000) <= $millis() / 1000", True),
        ("[$states.input.list[n > 1].n]", [2, 3]),
        ("$states.input.list[n = 1].n", 1),
        ("$count($states.input.list[n > 5])", 0),
        ("$parse('{\"a\": [1]}').a[0]", 1),
        ("$hash('input', 'SHA-1')", "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"),
        ("$range(0, 6, 2)", [0, 2, 4, 6]),
        ("$partition([1,2,3], 2)", [[1, 2], [3]]),
        ("$length($uuid())", 36),
        ("$encodeUrlComponent('a b/ü')", "a%20b%2F%C3%BC"),
        ("$states.context.State.Name", "Go"),
        ("$length($states.context.Execution.Name) > 0", True),
        ("$contains($states.context.Execution.RoleArn, ':role/')", True),
        ("$contains($states.context.StateMachine.Id, ':stateMachine:')", True),
    ],
)
def test_an_expression_has_its_value(start, expression, value):
    given = {"a": 1, "nothing": None, "list": [{"n": 1}, {"n": 2}, {"n": 3}]}
    assert start({"Go": passing(Output=f"{{% {expression} %}}")}, given).output() == value


@pytest.mark.parametrize(
    "expression", ["$states.input.missing", "1 + 'a'", "$string", "$error('no')", "$unknown"]
)
def test_an_expression_without_value_fails_the_execution(start, expression):
    run = start({"Go": passing(Output={"a": f"{{% {expression} %}}"})})
    error, cause = run.error()
    assert error == "States.QueryEvaluationError"
    assert cause.startswith(
        "An error occurred while executing the state 'Go' (entered at the event id #2). "
        f"The JSONata expression '{expression}' specified for the field 'Output/a' "
    )
    assert run.details("EvaluationFailed")[0]["state"] == "Go"


def test_a_tasks_expression_error_is_caught(start, task):
    catch = [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Say"}]
    call = task("aws-sdk:dynamodb:listTables", Output="{% $states.result.none %}", Catch=catch)
    flow = {"Call": call, "Say": {"Type": "Succeed", "Output": "caught"}}
    assert start(flow).output() == "caught"


def test_variables_are_assigned_together_from_what_was_before(start):
    flow = {
        "First": passing(Assign={"a": 1, "b": 2}, Next="Swap") | {"End": False},
        "Swap": passing(
            Assign={"a": "{% $b %}", "b": "{% $a %}"}, Output="{% [$a, $b] %}", Next="Look"
        )
        | {"End": False},
        "Look": {
            "Type": "Succeed",
            "Output": {"then": "{% $states.input %}", "now": "{% [$a, $b] %}"},
        },
    }
    for state in flow.values():
        state.pop("End", None)
    assert start(flow).output() == {"then": [1, 2], "now": [2, 1]}


def test_a_catch_assigns_and_the_state_does_not(start, task):
    catch = [
        {
            "ErrorEquals": ["States.ALL"],
            "Assign": {"error": "{% $states.errorOutput.Error %}"},
            "Output": {"was": "{% $states.input %}"},
            "Next": "Look",
        }
    ]
    call = task(
        "aws-sdk:dynamodb:describeTable",
        {"TableName": "none"},
        Catch=catch,
        Assign={"done": True},
    )
    look = {
        "Type": "Succeed",
        "Output": "{% [$error, $states.input.was.a, $exists($done)] %}",
    }
    expected = ["DynamoDb.ResourceNotFoundException", 1, False]
    assert start({"Call": call, "Look": look}, {"a": 1}).output() == expected


def test_inner_flows_read_outer_variables_and_keep_their_own(start):
    inner = {
        "StartAt": "In",
        "States": {"In": passing(Assign={"own": 1}, Output="{% $outer + $states.input %}")},
    }
    flow = {
        "Set": {"Type": "Pass", "Assign": {"outer": 10}, "Next": "Each"},
        "Each": {
            "Type": "Map",
            "Items": "{% [1, 2, 3] %}",
            "ItemSelector": "{% $states.context.Map.Item.Value + $states.context.Map.Item.Index %}",
            "ItemProcessor": inner,
            "Assign": {"sum": "{% $sum($states.result) %}"},
            "Output": {"each": "{% $states.result %}"},
            "Next": "Look",
        },
        "Look": {"Type": "Succeed", "Output": "{% [[$states.input.each], $sum, $exists($own)] %}"},
    }
    assert start(flow).output() == [[11, 13, 15], 39, False]


def test_branches_work_on_the_arguments_and_share_nothing(start, resource, table, sandbox):
    item = {
        "TableName": table,
        "Item": {"id": {"S": "{% $states.input.who & $states.context.State.Name %}"}},
    }
    branches = [
        {
            "StartAt": f"Put{n}",
            "States": {
                f"Put{n}": {
                    "Type": "Task",
                    "Resource": resource("aws-sdk:dynamodb:putItem"),
                    "Arguments": item,
                    "Assign": {"mine": n},
                    "Next": f"Say{n}",
                },
                f"Say{n}": {"Type": "Succeed", "Output": "{% $mine %}"},
            },
        }
        for n in range(4)
    ]
    state = {
        "Type": "Parallel",
        "Arguments": {"who": "{% $states.input.name %}"},
        "Branches": branches,
        "Output": "{% $states.result %}",
        "End": True,
    }
    assert start({"All": state}, {"name": "me-"}).output() == [0, 1, 2, 3]
    found = sandbox.client("dynamodb").scan(TableName=table)["Items"]
    assert sorted(item["id"]["S"] for item in found) == [f"me-Put{n}" for n in range(4)]


def test_the_first_branch_to_fail_stops_the_others_and_gives_its_error(start):
    branches = [
        {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}},
        {"StartAt": "Bad", "States": {"Bad": {"Type": "Fail", "Error": "Mine", "Cause": "so"}}},
    ]
    catch = [{"ErrorEquals": ["Mine"], "Next": "Say"}]
    flow = {
        "All": {"Type": "Parallel", "Branches": branches, "Catch": catch, "End": True},
        "Say": {"Type": "Succeed"},
    }
    assert start(flow).output() == {"Error": "Mine", "Cause": "so"}


def test_a_wait_ends_when_the_second_of_its_moment_begins(start):
    moment = "{% $fromMillis($floor($millis() / 1000) * 1000 + 2900) %}"
    state = {"Type": "Wait", "Timestamp": moment, "Assign": {"a": 1}, "End": True}
    ended = [run.end() for run in [start({"Wait": state}) for _ in range(3)]]
    assert {end["status"] for end in ended} == {"SUCCEEDED"}
    waited = [end["stopDate"] - end["startDate"].replace(microsecond=0) for end in ended]
    assert 2 <= min(waited).total_seconds() < 2.8


@pytest.mark.parametrize("moment", ["tomorrow", "2030-01-01", "2030-01-01T00:00:00"])
def test_a_wait_needs_a_moment_with_its_offset(start, moment):
    state = {"Type": "Wait", "Timestamp": "{% $states.input.moment %}", "End": True}
    error, cause = start({"Wait": state}, {"moment": moment}).error()
    assert error == "States.QueryEvaluationError"
    assert f"format string: {moment}" in cause


def test_a_wait_for_a_moment_that_is_past_is_none(start):
    past = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).isoformat()
    state = {"Type": "Wait", "Timestamp": "{% $states.input %}", "End": True}
    assert start({"Wait": state}, past).output() == past


@pytest.mark.parametrize("seconds", ["{% 1.5 %}", "{% 'a' %}", "{% -1 %}"])
def test_a_wait_of_odd_seconds_fails(start, seconds):
    state = {"Type": "Wait", "Seconds": seconds, "End": True}
    assert start({"Wait": state}).error()[0] == "States.QueryEvaluationError"


def test_a_choice_has_output_and_variables_of_its_own(start):
    choice = {
        "Type": "Choice",
        "Choices": [
            {
                "Condition": "{% $states.input.n > 1 %}",
                "Assign": {"way": "up"},
                "Output": {"n": "{% $states.input.n * 2 %}"},
                "Next": "Look",
            }
        ],
        "Default": "Look",
        "Assign": {"way": "down"},
    }
    look = {"Type": "Succeed", "Output": "{% [$way, $states.input.n] %}"}
    assert start({"Ask": choice, "Look": look}, {"n": 2}).output() == ["up", 4]
    assert start({"Ask": choice, "Look": look}, {"n": 1}).output() == ["down", 1]


def test_a_condition_is_true_or_false_and_nothing_else(start):
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "Look"}]}
    flow = {"Ask": choice, "Look": {"Type": "Succeed"}}
    assert start(flow).error()[0] == "States.QueryEvaluationError"


def test_a_choice_without_a_way_fails(start):
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "Look"}]}
    flow = {"Ask": choice, "Look": {"Type": "Succeed"}}
    assert start(flow).error()[0] == "States.Runtime"


def test_a_failure_may_be_computed(start):
    state = {
        "Type": "Fail",
        "Error": "{% $states.input.error %}",
        "Cause": "{% 'at ' & $states.input.where %}",
    }
    assert start({"Fail": state}, {"error": "Lost", "where": "sea"}).error() == ("Lost", "at sea")


def test_the_items_of_an_object_have_keys(start):
    state = {
        "Type": "Map",
        "Items": "{% $states.input %}",
        "ItemSelector": "{% $states.context.Map.Item %}",
        "ItemProcessor": {"StartAt": "Go", "States": {"Go": {"Type": "Succeed"}}},
        "End": True,
    }
    assert start({"Each": state}, {"a": 1, "b": 2}).output() == [
        {"Index": 0, "Value": 1, "Key": "a"},
        {"Index": 1, "Value": 2, "Key": "b"},
    ]


def test_items_that_are_no_list_fail(start):
    state = {
        "Type": "Map",
        "Items": "{% $states.input.list[n > 1] %}",
        "ItemProcessor": {"StartAt": "Go", "States": {"Go": {"Type": "Succeed"}}},
        "End": True,
    }
    run = start({"Each": state}, {"list": [{"n": 1}, {"n": 2}, {"n": 3}]})
    assert run.output() == [{"n": 2}, {"n": 3}]
    assert (
        start({"Each": state}, {"list": [{"n": "a"}]}).error()[0] == "States.QueryEvaluationError"
    )


def test_the_events_of_iterations_stand_in_the_history(start):
    state = {
        "Type": "Map",
        "Items": [1, 2],
        "MaxConcurrency": 1,
        "ItemProcessor": {"StartAt": "Go", "States": {"Go": {"Type": "Succeed"}}},
        "End": True,
    }
    run = start({"Each": state})
    run.output()
    assert run.kinds()[2:] == [
        "MapStateStarted",
        *[
            "MapIterationStarted",
            "SucceedStateEntered",
            "SucceedStateExited",
            "MapIterationSucceeded",
        ]
        * 2,
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    assert run.details("MapIterationStarted") == [{"name": "Each", "index": n} for n in (0, 1)]


def test_jsonpath_still_works(start):
    flow = {
        "Shape": {
            "Type": "Pass",
            "Parameters": {"n.$": "States.MathAdd($.n, 1)", "who.$": "$$.State.Name"},
            "ResultPath": "$.shaped",
            "Next": "Ask",
        },
        "Ask": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.shaped.n", "NumericEquals": 2, "Next": "Each"}],
            "Default": "No",
        },
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.list",
            "ItemSelector": {"v.$": "$$.Map.Item.Value", "w.$": "$.shaped.who"},
            "ItemProcessor": {"StartAt": "Go", "States": {"Go": {"Type": "Pass", "End": True}}},
            "ResultSelector": {"all.$": "$"},
            "OutputPath": "$.all",
            "End": True,
        },
        "No": {"Type": "Fail"},
    }
    expected = [{"v": "a", "w": "Shape"}, {"v": "b", "w": "Shape"}]
    assert start(flow, {"n": 1, "list": ["a", "b"]}, language="JSONPath").output() == expected
