"""Who keeps the stream's job running: each right is needed, but those to EMR, which is not here."""

import json
from functools import partial

import pytest
from botocore.exceptions import ClientError

from testing.cut_template import KEPT, cut, roles_of
from testing.rights import Rights

STACK = "KeepStreaming"
# Who ends the job is in test_service_roles.py.
ROLES = ("StreamSparkKeepStreaming", "StreamSparkJobEnded", "StreamSparkLookForJob")
_, ENDED, LOOK = ROLES
MACHINE, RULE, QUEUE = "AWS::StepFunctions::StateMachine", "AWS::Events::Rule", "AWS::SQS::Queue"
TAKEN = {
    **KEPT,
    MACHINE: (
        *("DefinitionString", "DefinitionSubstitutions", "RoleArn", "StateMachineType"),
        *("EncryptionConfiguration", "LoggingConfiguration", "TracingConfiguration"),
    ),
    RULE: ("EventPattern", "ScheduleExpression", "State", "Targets"),
    QUEUE: ("KmsMasterKeyId",),
}
NOTHING = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
OF_EMR = ("emr-serverless:", "iam:PassRole")


@pytest.fixture(scope="module")
def rights(sandbox, variant):
    resources = variant(
        "DataLake",
        overrides={
            "data_lake.stream_reader": "emr",
            "data_lake.stream_source": "kinesis",
            "data_lake.stream_subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "data_lake.stream_security_groups": ["sg-0123456789abcdef0"],
        },
    )["Resources"]
    rules = [n for n, r in resources.items() if r["Type"] == RULE and n[:-8] in (ENDED, LOOK)]
    found = cut(resources, [*roles_of(resources, ROLES), *rules], TAKEN)
    for name in rules:  # nobody but EMR may say what it says
        if pattern := found[name]["Properties"].get("EventPattern"):
            found[name]["Properties"]["EventPattern"] = {"source": ["test"]}
            assert pattern["source"] == ["aws.emr-serverless"]
    for each in found.values():  # what it says to EMR, nobody here hears
        if each["Type"] == MACHINE:
            each["Properties"]["DefinitionString"] = NOTHING
            del each["Properties"]["DefinitionSubstitutions"]
    cloudformation = sandbox.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps({"Resources": found}),
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK)
    yield Rights(sandbox, STACK)
    cloudformation.delete_stack(StackName=STACK)


@pytest.fixture
def happens(sandbox, rights):
    """Make happen what a role's rights are for."""
    states, events = sandbox.client("stepfunctions"), sandbox.client("events")
    machines = states.list_state_machines()["stateMachines"]
    (machine,) = (m["stateMachineArn"] for m in machines if "KeepStreaming" in m["name"])

    def change():
        role = states.describe_state_machine(stateMachineArn=machine)["roleArn"]
        states.update_state_machine(stateMachineArn=machine, roleArn=role)

    def make(right):
        try:
            if right.role == ENDED:
                events.put_events(Entries=[{"Source": "test", "DetailType": "x", "Detail": "{}"}])
            elif right.role == LOOK:
                sandbox.fire_schedules("LookForJob")
            elif right.action.startswith("logs:"):
                change()  # Step Functions tries whether it may log
            else:
                states.start_execution(stateMachineArn=machine)
        except ClientError as refused:
            return str(refused)
        return None

    return make


def test_whichever_right_is_taken_away_something_says_so(sandbox, rights, happens, subtests):
    found = [
        right
        for role in ROLES
        for right in rights.of(role)
        if not right.action.startswith(OF_EMR) and not right.on.endswith("emr-serverless")
    ]
    assert len(found) >= 17
    for right in found:
        with subtests.test(right=str(right)):
            sandbox.forget_problems()
            assert rights.is_missed(
                right,
                partial(happens, right),
                denials=lambda refusal: len(refusal.findall(json.dumps(sandbox.problems()))),
            )
    sandbox.forget_problems()
