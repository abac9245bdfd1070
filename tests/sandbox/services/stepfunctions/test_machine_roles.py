"""What a machine's role needs before anything runs: the trust, the key, the log, the traces."""

import json

import pytest

PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
STATES = "states.amazonaws.com"
KEY = ("kms:GenerateDataKey", "kms:Decrypt")
TRACING = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


@pytest.fixture
def create(sandbox, name, role_for):
    """Make a machine for a role with these rights; gives its ARN."""

    def make(*statements, service=STATES, machine=None, **settings):
        arn: str = sandbox.client("stepfunctions").create_state_machine(
            name=machine or name("machine"),
            definition=PASS,
            roleArn=role_for(service, *statements),
            **settings,
        )["stateMachineArn"]
        return arn

    return make


def encrypted(key):
    return {"encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key}}


def test_a_role_must_trust_step_functions(create, refused):
    code, message = refused(create, service="lambda.amazonaws.com")
    assert code == "AccessDeniedException"
    assert message.startswith("Neither the global service principal states.amazonaws.com")


@pytest.mark.parametrize("missing", KEY)
def test_an_encrypted_machine_starts_only_when_its_role_may_use_the_key(
    sandbox, create, key, statement, refused, missing
):
    secret = key()
    rest = [action for action in KEY if action != missing]
    machine = create(statement(*rest, on=secret), **encrypted(secret))
    start = sandbox.client("stepfunctions").start_execution
    code, message = refused(start, stateMachineArn=machine)
    assert code == "KmsAccessDeniedException"
    assert f"not authorized to perform: {missing} on resource: {secret}" in message


def test_the_encryption_context_is_the_machine(sandbox, create, key, arn, statement, refused, name):
    secret, own = key(), name("machine")

    def only(machine):
        context = {"kms:EncryptionContext:aws:states:stateMachineArn": machine}
        return statement(*KEY, on=secret, Condition={"StringEquals": context})

    start = sandbox.client("stepfunctions").start_execution
    named = arn("states", f"stateMachine:{own}")
    start(stateMachineArn=create(only(named), machine=own, **encrypted(secret)))
    other = create(only(named), **encrypted(secret))
    assert refused(start, stateMachineArn=other)[0] == "KmsAccessDeniedException"


def test_who_starts_needs_no_key_and_who_looks_needs_decrypt(
    sandbox, create, key, statement, as_role, refused
):
    secret = key()
    machine = create(statement(*KEY, on=secret), **encrypted(secret))
    states = statement("states:*")
    blind = as_role(states)("stepfunctions")
    execution = blind.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"]
    for look, asked in (
        (blind.describe_execution, {"executionArn": execution}),
        (blind.get_execution_history, {"executionArn": execution}),
        (blind.describe_state_machine, {"stateMachineArn": machine}),
    ):
        assert refused(look, **asked)[0] == "KmsAccessDeniedException"
    bare = blind.describe_execution(executionArn=execution, includedData="METADATA_ONLY")
    assert "input" not in bare
    assert bare["executionArn"] == execution
    assert blind.list_executions(stateMachineArn=machine)["executions"]
    seeing = as_role(states, statement("kms:Decrypt", on=secret))("stepfunctions")
    assert seeing.describe_execution(executionArn=execution)["input"] == '{"a": 1}'


def test_a_disabled_key_starts_nothing(sandbox, create, key, statement, refused):
    secret = key()
    machine = create(statement(*KEY, on=secret), **encrypted(secret))
    sandbox.client("kms").disable_key(KeyId=secret)
    start = sandbox.client("stepfunctions").start_execution
    assert refused(start, stateMachineArn=machine)[0] == "KmsInvalidStateException"


@pytest.mark.parametrize("missing", TRACING)
def test_traces_that_a_role_cannot_send_are_reported(sandbox, create, statement, missing):
    rest = [action for action in TRACING if action != missing]
    machine = create(statement(*rest), tracingConfiguration={"enabled": True})
    sandbox.client("stepfunctions").start_execution(stateMachineArn=machine)
    [problem] = [p for p in sandbox.problems() if machine.rpartition(":")[2] in p["message"]]
    assert problem["kind"] == "tracing"
    assert missing in problem["message"]


def test_the_log_of_an_encrypted_machine_needs_the_key_too(
    sandbox, create, key, statement, policy, account, name, arn
):
    group = name("group")
    sandbox.client("logs").create_log_group(logGroupName=group)
    to = {"cloudWatchLogsLogGroup": {"logGroupArn": arn("logs", f"log-group:{group}:*")}}
    logging = {"loggingConfiguration": {"level": "ALL", "destinations": [to]}}
    own = statement("kms:*", Principal={"AWS": account})
    delivery = {"Service": "delivery.logs.amazonaws.com"}
    trusting = key(policy(own, statement("kms:Decrypt*", Principal=delivery)))
    start = sandbox.client("stepfunctions").start_execution

    def said(secret, *contexts):
        rights = [
            statement(*KEY, on=secret, Condition={"StringEquals": context}) for context in contexts
        ]
        machine = name("machine")
        own = {
            "kms:EncryptionContext:aws:states:stateMachineArn": arn(
                "states", f"stateMachine:{machine}"
            )
        }
        rights.append(statement(*KEY, on=secret, Condition={"StringEquals": own}))
        start(
            stateMachineArn=create(
                statement("logs:*"), *rights, machine=machine, **encrypted(secret), **logging
            )
        )
        return [p["message"] for p in sandbox.problems() if machine in p["message"]]

    source = {"kms:EncryptionContext:SourceArn": arn("logs", "*")}
    assert "cannot deliver its encrypted log" in said(trusting)[0]
    assert "delivery.logs.amazonaws.com" in said(key(), source)[0]
    assert said(trusting, source) == []
