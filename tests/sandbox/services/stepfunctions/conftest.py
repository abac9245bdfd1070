"""State machines of a few states in the running sandbox, with a role that may do everything."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.host import process

POLICY = "2012-10-17"
States = Mapping[str, Any]


@pytest.fixture(scope="session")
def states(sandbox):
    return sandbox.client("stepfunctions", retries={"max_attempts": 0}, max_pool_connections=50)


@pytest.fixture(scope="session")
def role(sandbox):
    """Make a role for machines that may do all there is."""
    iam, name = sandbox.client("iam"), f"states-{uuid.uuid4().hex[:8]}"
    services = ["states.amazonaws.com", "events.amazonaws.com"]
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": services},
        "Action": "sts:AssumeRole",
    }
    rights = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    made = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": POLICY, "Statement": trust}),
    )
    iam.put_role_policy(
        RoleName=name,
        PolicyName="all",
        PolicyDocument=json.dumps({"Version": POLICY, "Statement": rights}),
    )
    return made["Role"]["Arn"]


@pytest.fixture(scope="session")
def resource(role):
    """Spell the resource of a task."""
    partition = role.split(":")[1]
    return lambda name: f"arn:{partition}:states:::{name}"


@pytest.fixture
def task(resource):
    """Spell a task that is the last state."""

    def spell(name: str, arguments: Any = None, **more: Any) -> dict[str, Any]:
        given = {} if arguments is None else {"Arguments": arguments}
        end = {} if "Next" in more else {"End": True}
        return {"Type": "Task", "Resource": resource(name), **given, **more, **end}

    return spell


@pytest.fixture
def machine(states, role, unique) -> Callable[..., str]:
    """Make a machine of these states, the first of which is its start; gives its ARN."""

    def make(
        flow: States,
        *,
        kind: str = "STANDARD",
        language: str = "JSONata",
        logging: Any = None,
        **top: Any,
    ) -> str:
        definition = {
            "QueryLanguage": language,
            "StartAt": next(iter(flow)),
            "States": flow,
            **top,
        }
        extra = {"loggingConfiguration": logging} if logging else {}
        made = states.create_state_machine(
            name=unique("machine"),
            roleArn=role,
            type=kind,
            definition=json.dumps(definition),
            **extra,
        )
        arn: str = made["stateMachineArn"]
        return arn

    return make


class Execution:
    """An execution, how it is and how it came to be so."""

    def __init__(self, sandbox: Any, states: Any, arn: str) -> None:
        self._sandbox, self._states, self.arn = sandbox, states, arn

    def now(self) -> dict[str, Any]:
        """Describe it as it is."""
        found: dict[str, Any] = self._states.describe_execution(executionArn=self.arn)
        return found

    def end(self, within: float = 20) -> dict[str, Any]:
        """Wait for its end, skipping what it waits for, and describe it."""
        until = time.monotonic() + within
        while (found := self.now())["status"] == "RUNNING":
            assert time.monotonic() < until, f"it still runs: {self.kinds()[-5:]}"
            self._sandbox.pass_time()
        return found

    def output(self) -> Any:
        """Wait for its good end and return its output."""
        found = self.end()
        assert found["status"] == "SUCCEEDED", found
        return json.loads(found["output"])

    def error(self) -> tuple[str, str]:
        """Wait for its failure and return the error's name and cause."""
        found = self.end()
        assert found["status"] == "FAILED", found
        return found.get("error", ""), found.get("cause", "")

    def events(self) -> list[dict[str, Any]]:
        """Read its history."""
        pages = self._states.get_paginator("get_execution_history").paginate(
            executionArn=self.arn, PaginationConfig={"PageSize": 1000}
        )
        return [event for page in pages for event in page["events"]]

    def kinds(self) -> list[str]:
        """Read its history's types of events."""
        return [event["type"] for event in self.events()]

    def details(self, kind: str) -> list[dict[str, Any]]:
        """Read the details of all events of a kind."""
        return [
            next((v for k, v in event.items() if k.endswith("EventDetails")), {})
            for event in self.events()
            if event["type"] == kind
        ]


@pytest.fixture
def execution(sandbox, states):
    """Look at an execution by its ARN."""
    return lambda arn: Execution(sandbox, states, arn)


@pytest.fixture
def start(sandbox, states, machine):
    """Start an execution of a new machine, or of this one."""

    def run(flow: Any, given: Any = None, **settings: Any) -> Execution:
        arn = flow if isinstance(flow, str) else machine(flow, **settings)
        started = states.start_execution(
            stateMachineArn=arn, input=json.dumps(given or {}, ensure_ascii=False)
        )
        return Execution(sandbox, states, started["executionArn"])

    return run


@pytest.fixture
def code_of():
    """Run a call that must fail; gives the error's code and message."""

    def run(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as failed:
            call(**arguments)
        error = failed.value.response["Error"]
        return error["Code"], error["Message"]

    return run


@pytest.fixture
def refusal(machine):
    """Make a machine that must be refused; gives why."""

    def run(flow: States, **settings: Any) -> str:
        with pytest.raises(ClientError) as failed:
            machine(flow, **settings)
        error = failed.value.response["Error"]
        assert error["Code"] == "InvalidDefinition"
        message: str = error["Message"]
        return message

    return run


@pytest.fixture
def bucket(sandbox, unique):
    name: str = unique("bucket")
    sandbox.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def table(sandbox, unique):
    """Make a table with the key `id`."""
    name: str = unique("table")
    sandbox.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


@pytest.fixture
def token_in(sandbox, table, eventually):
    """Read a task's token out of the table into which the task wrote it."""

    def read(name: str = "job") -> str:
        database = sandbox.client("dynamodb")
        key = {"id": {"S": name}}
        item = eventually(lambda: database.get_item(TableName=table, Key=key).get("Item"))
        text: str = item["token"]["S"]
        return text

    return read


@pytest.fixture
def waiting(task, table):
    """Spell a task that writes its token into the table and waits for it."""

    def spell(name: str = "job", **more: Any) -> Any:
        item = {"id": {"S": name}, "token": {"S": "{% $states.context.Task.Token %}"}}
        arguments = {"TableName": table, "Item": item}
        return task("aws-sdk:dynamodb:putItem.waitForTaskToken", arguments, **more)

    return spell


@pytest.fixture
def scale(sandbox):
    """Let time pass faster for waits and between retries; gives the function that sets how."""

    def set_to(factor: float) -> None:
        body = json.dumps({"stepfunctions._SFN_WAIT_SCALE": factor}).encode()
        process.request(sandbox.server.port, "POST", "/_ministack/config", body)

    yield set_to
    set_to(1)
