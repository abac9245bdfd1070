"""Templates that the rules show what they mean by."""

from collections.abc import Mapping
from typing import Any

POLICY = "AWS::IAM::Policy"
ACCOUNT = {"Ref": "AWS::AccountId"}
KEY_ARN = {"Fn::GetAtt": ["Key", "Arn"]}
KEY: Mapping[str, Any] = {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}}
IMPORTED = [{"Fn::ImportValue": "network"}]
VPC = {"Subnets": IMPORTED, "SecurityGroupIds": IMPORTED}


def one(type_: str, **properties: Any) -> dict[str, Any]:
    """Make a template of one resource, named ``It``, beside a key."""
    return {"Key": KEY, "It": {"Type": type_, "Properties": properties}}


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """Make a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    """Make a statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": _spelled(resource), **more}


def granting(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    """Make a template whose policy allows an action on a resource, spelled as findings are."""
    policy = document(statement(action, resource, **more))
    return one(POLICY, PolicyName="it", Roles=["it"], PolicyDocument=policy)


def opening(type_: str, property_: str, principal: Any, action: str, **more: Any) -> dict[str, Any]:
    """Make a template whose resource policy allows somebody an action."""
    body = statement(action, "*", Principal=principal, **more)
    return one(type_, **{property_: document(body)})


def trusting(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    """Make a template of a role that somebody may assume."""
    body = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return one("AWS::IAM::Role", AssumeRolePolicyDocument=document(body))


def _spelled(resource: Any) -> Any:
    """Turn ``<Frames.Arn>/*`` into the function that it is read from."""
    if isinstance(resource, str) and "<" in resource:
        return {"Fn::Sub": resource.replace("<", "${").replace(">", "}")}
    return resource
