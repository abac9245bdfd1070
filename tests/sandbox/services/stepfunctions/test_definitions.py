"""Definitions that AWS would not take are refused when the machine is made."""

import json

import pytest

from sandbox.services.stepfunctions import definitions

END = {"Type": "Succeed"}


def problem(flow, kind="STANDARD", **top):
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(flow)), "States": flow, **top}
    return definitions.refusal(json.dumps(definition), kind) or ""


def test_a_way_to_nowhere_is_refused(refusal):
    flow = {"First": {"Type": "Pass", "Next": "Nowhere"}, "Second": END}
    assert refusal(flow) == (
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: "
        'Nowhere at /States/First/Next, MISSING_TRANSITION_TARGET: State "Second" is not '
        "reachable. at /States/Second'"
    )


def test_an_update_is_judged_too(machine, states, code_of):
    arn = machine({"Go": END})
    broken = json.dumps({"StartAt": "None", "States": {"Go": END}})
    code, message = code_of(states.update_state_machine, stateMachineArn=arn, definition=broken)
    assert code == "InvalidDefinition"
    assert "Missing 'StartAt' target: None at /StartAt" in message


def test_validation_answers_with_diagnoses(states):
    broken = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}})
    found = states.validate_state_machine_definition(definition=broken)
    assert (found["result"], found["diagnostics"][0]["location"]) == ("FAIL", "/States/A/Next")
    good = json.dumps({"StartAt": "A", "States": {"A": END}})
    assert states.validate_state_machine_definition(definition=good)["result"] == "OK"


def test_a_template_is_judged_as_well(sandbox, role, unique):
    name = unique("stack")
    broken = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}})
    made = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": role, "DefinitionString": broken},
    }
    cloudformation = sandbox.client("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": {"It": made}}), OnFailure="DO_NOTHING"
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.config.delay, waiter.config.max_attempts = 0.1, 100
    with pytest.raises(Exception, match="CREATE_FAILED"):
        waiter.wait(StackName=name)
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    assert any(
        "MISSING_TRANSITION_TARGET" in event.get("ResourceStatusReason", "") for event in events
    )


def test_executions_are_gone_with_the_stack_of_their_machine(sandbox, role, unique):
    stack, machine = unique("stack"), unique("machine")
    good = json.dumps({"StartAt": "A", "States": {"A": END}})
    made = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": role, "DefinitionString": good, "StateMachineName": machine},
    }
    template = json.dumps({"Resources": {"It": made}, "Outputs": {"Arn": {"Value": {"Ref": "It"}}}})
    cloudformation, states = sandbox.client("cloudformation"), sandbox.client("stepfunctions")
    for _ in range(2):
        cloudformation.create_stack(StackName=stack, TemplateBody=template)
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1}
        )
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        arn = found["Outputs"][0]["OutputValue"]
        assert states.list_executions(stateMachineArn=arn)["executions"] == []
        states.start_execution(stateMachineArn=arn)
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1}
        )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"Type": "Pass"}, "either Next or End"),
        ({"Type": "Pass", "Next": "Z", "End": True}, "either Next or End"),
        ({"Type": "Jump", "End": True}, "Jump state in JSONata is not known"),
        ({"Type": "Pass", "Parameters": {}, "End": True}, "Field 'Parameters' is not supported"),
        ({"Type": "Pass", "Resultpath": "$", "End": True}, "/States/A/Resultpath"),
        ({"Type": "Task", "End": True}, "These fields are required: [Resource]"),
        ({"Type": "Wait", "End": True}, "one of Seconds and Timestamp"),
        ({"Type": "Wait", "Seconds": 1, "Timestamp": "x", "End": True}, "one of Seconds"),
        ({"Type": "Pass", "Output": "{% $a + %}", "End": True}, "INVALID_JSONATA_EXPRESSION"),
        ({"Type": "Choice", "Choices": [{"Condition": "yes", "Next": "A"}]}, "a Condition is a"),
        ({"Type": "Choice", "Choices": []}, "These fields are required: [Choices]"),
        ({"Type": "Map", "End": True}, "These fields are required: [ItemProcessor]"),
        ({"Type": "Pass", "QueryLanguage": "JSONPath", "End": True}, "no JSONPath states"),
    ],
)
def test_a_state_that_is_not_well_formed_is_refused(state, said):
    assert said in problem({"A": state})


@pytest.mark.parametrize(
    ("handlers", "said"),
    [
        ({"Retry": [{"MaxAttempts": 1}]}, "[ErrorEquals] at /States/A/Retry[0]"),
        ({"Retry": [{"ErrorEquals": ["States.ALL", "b"]}]}, "States.ALL stands alone"),
        ({"Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["b"]}]}, "in the last rule"),
        ({"Retry": [{"ErrorEquals": ["a"], "BackoffRate": 0.5}]}, "BackoffRate is 1.0 or more"),
        ({"Retry": [{"ErrorEquals": ["a"], "IntervalSeconds": 0}]}, "IntervalSeconds is a whole"),
        ({"Retry": [{"ErrorEquals": ["a"], "MaxDelaySeconds": 1}]}, "above IntervalSeconds"),
        ({"Retry": [{"ErrorEquals": ["a"], "JitterStrategy": "SOME"}]}, "FULL or NONE"),
        ({"Retry": [{"ErrorEquals": ["a"], "MaxAttempt": 1}]}, "Field 'MaxAttempt'"),
        ({"Catch": [{"ErrorEquals": ["a"]}]}, "[Next] at /States/A/Catch[0]"),
        ({"Catch": [{"ErrorEquals": ["a"], "Next": "Z"}]}, "Missing 'Next' target: Z"),
        ({"HeartbeatSeconds": 5, "TimeoutSeconds": 5}, "smaller than TimeoutSeconds"),
        ({"TimeoutSeconds": 0}, "TimeoutSeconds is a whole number above 0"),
    ],
)
def test_a_handler_that_is_not_well_formed_is_refused(task, handlers, said):
    assert said in problem({"A": task("lambda:invoke", {"FunctionName": "f"}, **handlers)})


@pytest.mark.parametrize(
    ("call", "arguments", "said"),
    [
        ("aws-sdk:s3:putObjekt", {}, "is not recognized"),
        ("aws-sdk:s3:PutObject", {}, "is not recognized"),
        ("aws-sdk:stepfunctions:startExecution", {}, "is not recognized"),
        ("aws-sdk:s3:getObject", {"Bucket": "b"}, 'The field "Key" is required but was missing'),
        ("aws-sdk:dynamodb:getItem", {"TableName": "t", "Key": {"a": {"s": "x"}}}, '"s" is not'),
        (
            "aws-sdk:dynamodb:putItem",
            {"TableName": "t", "Item": {"a": {"BOOL": True}}},
            'The field "BOOL" is not supported by Step Functions at /States/A/Arguments/Item/a',
        ),
        (
            "aws-sdk:transcribe:startTranscriptionJob",
            {"TranscriptionJobName": "j", "Media": {}, "OutputEncryptionKmsKeyId": "k"},
            "OutputEncryptionKmsKeyId",
        ),
    ],
)
def test_a_call_that_the_sdk_does_not_have_is_refused(task, call, arguments, said):
    assert said in problem({"A": task(call, arguments)})


def test_names_as_the_sdk_writes_them_are_taken(task):
    arguments = {
        "TranscriptionJobName": "j",
        "Media": {"MediaFileUri": "{% $uri %}"},
        "OutputEncryptionKMSKeyId": "k",
        "JobExecutionSettings": {"AllowDeferredExecution": True, "DataAccessRoleArn": "r"},
    }
    assert problem({"A": task("aws-sdk:transcribe:startTranscriptionJob", arguments)}) == ""


def test_arguments_may_be_one_expression(task):
    assert problem({"A": task("aws-sdk:s3:getObject", "{% $states.input %}")}) == ""


@pytest.mark.parametrize(
    "call", ["aws-sdk:dynamodb:putItem.waitForTaskToken", "states:startExecution.sync:2"]
)
def test_an_express_machine_does_not_wait_for_others(task, call):
    arguments = {"TableName": "t", "Item": {}}
    said = problem({"A": task(call, arguments)}, kind="EXPRESS")
    assert "Express machines do not support the resource" in said


def test_names_are_unique_in_the_whole_machine():
    inner = {"StartAt": "A", "States": {"A": END}}
    flow = {"A": {"Type": "Map", "Items": [], "ItemProcessor": inner, "End": True}}
    assert "DUPLICATE_STATE_NAME: Duplicate state name: A" in problem(flow)


@pytest.mark.parametrize(
    ("config", "more", "kind", "said"),
    [
        ({"Mode": "DISTRIBUTED"}, {}, "STANDARD", "ExecutionType is STANDARD or EXPRESS"),
        ({"Mode": "INLINE"}, {"ItemReader": {}}, "STANDARD", "only a DISTRIBUTED Map has it"),
        (
            {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            {"ItemReader": {"ReaderConfig": {"InputType": "PARQUET"}}},
            "STANDARD",
            "the sandbox does not read PARQUET",
        ),
        (
            {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            {},
            "EXPRESS",
            "Express machines have no DISTRIBUTED Map",
        ),
    ],
)
def test_a_map_that_cannot_run_is_refused(config, more, kind, said):
    inner = {"ProcessorConfig": config, "StartAt": "B", "States": {"B": END}}
    state = {"Type": "Map", "ItemProcessor": inner, "End": True, **more}
    assert said in problem({"A": state}, kind=kind)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"StartAt": "A", "States": {}}', None])
def test_what_is_no_machine_is_refused(text):
    assert definitions.refusal(text, "STANDARD")
