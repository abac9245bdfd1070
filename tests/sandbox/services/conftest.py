"""Stacks in the running sandbox, deployed from templates of a few lines."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest


class Stack:
    """A deployed stack, its resources' physical ids, and its next version."""

    def __init__(self, cloudformation: Any, resources: dict[str, Any]) -> None:
        self.name = f"fidelity-{uuid.uuid4().hex[:12]}"
        self._cloudformation = cloudformation
        self._run("create", resources)

    def update(self, resources: dict[str, Any]) -> None:
        """Change the template, and wait until it is deployed."""
        self._run("update", resources)

    def id(self, logical_id: str = "It") -> str:
        """Read a resource's physical id."""
        found = self._cloudformation.describe_stack_resource(
            StackName=self.name, LogicalResourceId=logical_id
        )
        physical_id: str = found["StackResourceDetail"]["PhysicalResourceId"]
        return physical_id

    def reasons(self) -> list[str]:
        """Read why resources failed."""
        events = self._cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return [e["ResourceStatusReason"] for e in events if "FAILED" in e["ResourceStatus"]]

    def delete(self) -> None:
        """Take the stack away."""
        self._cloudformation.delete_stack(StackName=self.name)

    def _run(self, verb: str, resources: dict[str, Any]) -> None:
        change = getattr(self._cloudformation, f"{verb}_stack")
        template = {"Resources": resources}
        change(
            StackName=self.name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        waiter = self._cloudformation.get_waiter(f"stack_{verb}_complete")
        waiter.config.delay, waiter.config.max_attempts = 0.1, 300
        try:
            waiter.wait(StackName=self.name)
        except Exception as error:
            raise AssertionError(self.reasons()) from error


@pytest.fixture
def deploy(sandbox) -> Iterator[Any]:
    """Deploy resources as one stack that lives as long as the test."""
    made: list[Stack] = []

    def run(**resources: tuple[str, dict[str, Any]]) -> Stack:
        stack = Stack(sandbox.client("cloudformation"), template(resources))
        made.append(stack)
        return stack

    yield run
    for stack in made:
        stack.delete()


@pytest.fixture
def refusal(sandbox) -> Any:
    """Deploy resources that must be refused, and return why."""

    def run(**resources: tuple[str, dict[str, Any]]) -> str:
        with pytest.raises(AssertionError) as failed:
            Stack(sandbox.client("cloudformation"), template(resources))
        return str(failed.value)

    return run


@pytest.fixture
def resources() -> Any:
    """Spell resources for the update of a stack."""
    return lambda **given: template(given)


def template(resources: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Spell the resources of a template."""
    return {
        name: {"Type": cfn_type, "Properties": properties}
        for name, (cfn_type, properties) in resources.items()
    }
