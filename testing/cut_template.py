"""Some resources of a template, with what these name, as a stack of its own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::Policy"
ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": ACCOUNT}],
}
# Of each type, the properties that stay. What is of another type is not there.
KEPT: Mapping[str, tuple[str, ...]] = {
    POLICY: ("PolicyName", "PolicyDocument", "Roles"),
    ROLE: ("AssumeRolePolicyDocument",),
    "AWS::KMS::Key": ("KeyPolicy", "EnableKeyRotation"),
    "AWS::Kinesis::Stream": ("StreamEncryption", "StreamModeDetails", "RetentionPeriodHours"),
    "AWS::Logs::LogGroup": ("LogGroupName", "KmsKeyId", "RetentionInDays"),
    "AWS::S3::Bucket": ("BucketEncryption", "VersioningConfiguration"),
}
Resources = Mapping[str, Mapping[str, Any]]


def called(logical_id: str) -> str:
    """Call a resource as ``Rights`` does: without its hash, and a role without that word."""
    return logical_id[:-8].removesuffix("Role")


def roles_of(resources: Resources, names: Iterable[str]) -> list[str]:
    """Find roles by what they are called; gives them and their policies."""
    wanted = set(names)
    roles = [n for n, r in resources.items() if r["Type"] == ROLE and called(n) in wanted]
    policies = [
        name
        for name, each in resources.items()
        if each["Type"] == POLICY and {*_named(each["Properties"]["Roles"])} & {*roles}
    ]
    return [*roles, *policies]


def cut(
    resources: Resources,
    roots: Iterable[str],
    kept: Mapping[str, tuple[str, ...]] = KEPT,
    *,
    assumed: bool = False,
) -> dict[str, Any]:
    """Take resources, and what these name. Roles to be ``assumed`` trust the account itself."""
    found, left = dict[str, Any](), [*roots]
    while left:
        name = left.pop()
        kind = resources[name]["Type"] if name in resources else ""
        if name in found or kind not in kept:
            continue
        given = resources[name].get("Properties", {})
        properties = {key: given[key] for key in kept[kind] if key in given}
        if kind == ROLE and assumed:
            properties = {"AssumeRolePolicyDocument": TRUST}
        found[name] = {"Type": kind, "Properties": properties}
        left += _named(properties)
    for name, each in found.items():  # in the same order
        if before := [n for n in resources[name].get("DependsOn", ()) if n in found]:
            each["DependsOn"] = before
    there = {*found, *(name for name in _named(found) if name.startswith("AWS::"))}
    return {name: _without_others(each, there) for name, each in found.items()}


def _named(value: Any) -> Iterator[str]:
    """Name what a part of a template refers to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            yield name
        case dict():
            for part in value.values():
                yield from _named(part)
        case list():
            for part in value:
                yield from _named(part)


def _without_others(value: Any, there: set[str]) -> Any:
    """Have a text stand where something is named that is not there."""
    match value:
        case {"Fn::GetAtt": [str(name), "Arn"]} if name not in there:
            return f"arn:aws:none:us-east-1:000000000000:{name}"
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]} if name not in there:
            return name
        case dict():
            return {key: _without_others(part, there) for key, part in value.items()}
        case list():
            return [_without_others(part, there) for part in value]
    return value
