"""What plug-ins build on, tried in process: services, resource types, the caller's rights."""

import asyncio
import json

import pytest
from ministack import app as gateway
from ministack.core import iam_actions, responses, router
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from sandbox.core import emulator
from sandbox.core.emulator import ServiceError
from sandbox.services.s3 import reading


@pytest.fixture
def services(monkeypatch):
    """Let a test add services without leaving them behind."""
    for holder, name in (
        (gateway, "SERVICE_HANDLERS"),
        (gateway, "SERVICE_REGISTRY"),
        (gateway, "_loaded_modules"),
        (router, "SERVICE_PATTERNS"),
        (iam_actions, "SERVICE_TO_IAM_NAMESPACE"),
        (stepfunctions, "_AWS_SDK_SERVICE_MAP"),
        (provisioners, "_RESOURCE_HANDLERS"),
    ):
        monkeypatch.setattr(holder, name, dict(getattr(holder, name)))


def ask(service, target, body):
    """Send a raw request to a service; returns status, headers, parsed body."""
    handle = gateway.SERVICE_HANDLERS[service]
    headers = {"x-amz-target": target}
    status, reply, content = asyncio.run(handle("POST", "/", headers, body, {}))
    return status, reply, json.loads(content)


def greet(request):
    if "Name" not in request:
        raise ServiceError("ValidationException", "Name is missing", 422)
    emulator.reply_header("X-Greeted", request["Name"])
    return {"Greeting": f"hello {request['Name']}"}


@pytest.fixture
def greeter(services):
    emulator.add_service("greeter", {"Greet": greet}, target_prefix="Greeter")


def test_an_added_service_answers_with_json(greeter):
    status, _, reply = ask("greeter", "Greeter.Greet", b'{"Name": "Ada"}')
    assert (status, reply) == (200, {"Greeting": "hello Ada"})


@pytest.mark.parametrize(
    ("target", "body", "code", "status"),
    [
        ("Greeter.Greet", b"{}", "ValidationException", 422),
        ("Greeter.Greet", b"{", "SerializationException", 400),
        ("Greeter.Greet", b"[]", "SerializationException", 400),
        ("Greeter.Bow", b"{}", "UnknownOperationException", 400),
        ("Other.Greet", b"{}", "UnknownOperationException", 400),
    ],
)
def test_a_service_fails_with_an_error_of_aws(greeter, target, body, code, status):
    answered, headers, reply = ask("greeter", target, body)
    assert (answered, reply["__type"], headers["x-amzn-errortype"]) == (status, code, code)


def test_a_reply_header_reaches_the_request_it_was_added_in(greeter):
    with emulator.request_from("test") as headers:
        ask("greeter", "Greeter.Greet", b'{"Name": "Ada"}')
    assert headers == {"x-greeted": "Ada"}


def test_a_resource_type_gets_what_the_emulator_drops(services):
    emulator.add_resource_type(
        "Test::Made::Up",
        create=lambda logical_id, _properties, stack: (f"{stack}-{logical_id}", {"A": 1}),
        update=lambda physical_id, _old, _new, _stack: (physical_id, {"A": 2}),
        delete=lambda _physical_id, _properties: None,
    )
    emulator.after_create(
        "Test::Made::Up",
        lambda name, new, old: {"B": [name, new, dict(old)]},
        because="a test drops it",
    )
    handler = provisioners._RESOURCE_HANDLERS["Test::Made::Up"]
    made = handler["create"]("Thing", {"p": 1}, "Stack")
    assert made == ("Stack-Thing", {"A": 1, "B": ["Stack-Thing", {"p": 1}, {"A": 1}]})
    made = handler["update"]("Stack-Thing", {}, {"p": 2}, "Stack")
    assert made == ("Stack-Thing", {"A": 2, "B": ["Stack-Thing", {"p": 2}, {"A": 2}]})


@pytest.fixture
def role(monkeypatch):
    """Give IAM teeth in this process, and a role that may read one bucket; gives its key."""
    from ministack.services import iam, s3, sts

    account = responses.get_account_id()
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam._roles["reader"] = {"InlinePolicies": {"grants": policy}, "AttachedPolicies": []}
    sts.register_session(
        "ASIAREADER",
        {
            "Arn": f"arn:{emulator.PARTITION}:sts::{account}:assumed-role/reader/session",
            "UserId": "reader:session",
            "SecretAccessKey": "secret",
            "SessionToken": "token",
        },
    )
    put = gateway.SERVICE_HANDLERS["s3"]
    asyncio.run(put("PUT", "/read-by-role", {}, b"", {}))
    asyncio.run(put("PUT", "/read-by-role/k ey", {}, b"content", {}))
    monkeypatch.setattr(gateway, "AUTH", True)  # only now: the object was put by nobody
    yield "ASIAREADER"
    iam._roles.pop("reader")
    s3.reset()


def test_the_caller_reads_what_it_may(role):
    with emulator.acting_as(role):
        assert reading.read_object("read-by-role", "k ey") == b"content"


def test_the_caller_is_told_what_is_not_there(role):
    with emulator.acting_as("test"), pytest.raises(ServiceError) as missing:
        reading.read_object("read-by-role", "other")
    assert (missing.value.code, missing.value.status) == ("NoSuchKey", 404)


def test_the_caller_may_not_read_more_than_its_policy_says(role):
    with emulator.acting_as(role), pytest.raises(ServiceError, match="s3:GetObjectVersion") as no:
        reading.read_object("read-by-role", "k ey", "version")
    assert (no.value.code, no.value.status) == ("AccessDenied", 403)


def test_a_denial_names_who_what_and_where(role):
    table = f"arn:{emulator.PARTITION}:dynamodb:::table/t"
    with emulator.acting_as(role):
        reason = emulator.deny_reason("dynamodb:PutItem", table)
    assert reason is not None
    assert "assumed-role/reader/session is not authorized to perform: dynamodb:PutItem" in reason
    with emulator.acting_as("test"):
        assert emulator.deny_reason("dynamodb:PutItem", table) is None
    with emulator.acting_as("ASIAUNKNOWN"):
        reason = emulator.deny_reason("dynamodb:PutItem", table)
    assert reason is not None
    assert "UnrecognizedClient" in reason


def test_work_for_nobody_is_not_waved_through(role):
    with pytest.raises(RuntimeError, match="no caller to judge s3:GetObject by"):
        reading.read_object("read-by-role", "k ey")
