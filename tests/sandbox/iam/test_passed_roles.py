"""Who gives a role to a service needs iam:PassRole on it, for that service."""

import io
import json
import zipfile

import pytest

POLICY = "2012-10-17"


def archive():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as files:
        files.writestr("index.py", "def handler(event, context): pass")
    return content.getvalue()


def new_function(client, name, role):
    client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": archive()},
    )


def machine(client, name, role):
    states = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    client("stepfunctions").create_state_machine(
        name=name, roleArn=role, definition=json.dumps(states)
    )


def target(client, name, role):
    events = client("events")
    events.put_rule(Name=name, ScheduleExpression="rate(1 day)", State="DISABLED")
    bus = events.describe_event_bus()["Arn"]
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": bus, "RoleArn": role}])


def delivery_stream(client, name, role):
    place = {"BucketARN": role.replace(":iam:", ":s3:").partition("s3:")[0] + f"s3:::{name}"}
    client("firehose").create_delivery_stream(
        DeliveryStreamName=name, ExtendedS3DestinationConfiguration={"RoleARN": role, **place}
    )


def job(client, name, role):
    command = {"Name": "glueetl", "ScriptLocation": "s3://bucket/script.py"}
    client("glue").create_job(Name=name, Role=role, Command=command)


def job_by_name(client, name, role):
    job(client, name, role.rpartition("/")[2])


def stack(client, name, role):
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    client("cloudformation").create_stack(
        StackName=name, TemplateBody=json.dumps(template), RoleARN=role
    )


GIVEN = {
    "lambda": new_function,
    "states": machine,
    "events": target,
    "firehose": delivery_stream,
    "glue": job,
    "cloudformation": stack,
}


@pytest.fixture
def given(unique, as_role, statement, role_for):
    """Give a role of a service to that service, as somebody who may pass roles to ``passed_to``."""

    def give(service, passed_to, make):
        rights = [statement("lambda:*", "states:*", "events:*", "firehose:*", "glue:*", "sns:*")]
        rights.append(statement("cloudformation:*"))
        role = role_for(f"{service}.amazonaws.com", statement("sns:*"))
        if passed_to:
            to = {"StringEquals": {"iam:PassedToService": f"{passed_to}.amazonaws.com"}}
            rights.append(statement("iam:PassRole", on=role, Condition=to))
        make(as_role(*rights), unique(service), role)

    return give


@pytest.mark.parametrize(("service", "make"), [*GIVEN.items(), ("glue", job_by_name)])
def test_a_role_is_taken_only_from_who_may_pass_it_to_this_service(given, refused, service, make):
    for passed_to in (None, "ec2"):
        code, message = refused(lambda to=passed_to: given(service, to, make))
        assert code.startswith("AccessDenied")
        assert "iam:PassRole on resource: arn:" in message
    given(service, service, make)


def test_what_a_function_is_invoked_with_is_no_role_that_is_passed(
    function, as_role, statement, role_for
):
    name = function("def handler(event, context): return event")
    role = role_for("lambda.amazonaws.com")
    payload = json.dumps({"roleArn": role}).encode()
    client = as_role(statement("lambda:InvokeFunction"))("lambda")
    assert json.loads(client.invoke(FunctionName=name, Payload=payload)["Payload"].read())
