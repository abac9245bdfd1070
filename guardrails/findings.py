"""Spell the findings of AwsSolutions-IAM5 as cdk-nag does, from the construct they are about."""

from aws_cdk import CfnElement, Stack
from constructs import IConstruct


def below(construct: IConstruct, path: str = "/*", *, attribute: str = "Arn") -> str:
    """Name everything below a resource: ``below(frames)`` is ``Resource::<FramesABC.Arn>/*``."""
    return f"Resource::<{logical_id(construct)}.{attribute}>{path}"


def logical_id(construct: IConstruct) -> str:
    """Return the id that the construct's own resource has in its template."""
    element = construct.node.default_child or construct
    if not isinstance(element, CfnElement):
        raise TypeError(f"{construct.node.path} has no resource of its own: name one that has")
    return str(Stack.of(element).resolve(element.logical_id))
