"""The parts of the deployed stack that the demo talks to."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.client import Sandbox

PLACE = re.compile(r"\\\$\\\{\w+\\\}")


@dataclass(frozen=True, slots=True)
class Deployed:
    """Names, as the stack's outputs give them."""

    inbox: str
    results: str
    arrivals: str
    dead_letters: str
    machine: str
    database: str
    workgroup: str

    @classmethod
    def named_by(cls, outputs: Mapping[str, str]) -> "Deployed":
        """Take the names from the outputs of the stack."""
        return cls(
            inbox=outputs["InboxBucketName"],
            results=outputs["ResultsBucketName"],
            arrivals=outputs["QueueUrl"],
            dead_letters=outputs["DeadLetterQueueUrl"],
            machine=outputs["StateMachineArn"],
            database=outputs["DatabaseName"],
            workgroup=outputs["WorkgroupName"],
        )


def definition(sandbox: Sandbox, stack: Deployed) -> str:
    """Read the definition of the machine that runs."""
    states = sandbox.client("stepfunctions")
    text: str = states.describe_state_machine(stateMachineArn=stack.machine)["definition"]
    return text


def is_synthesized(running: str, template: Mapping[str, Any]) -> bool:
    """Tell whether a template defines this very machine, but for the names that it leaves open."""
    machines = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    )
    return any(_fits(running, machine.get("DefinitionString")) for machine in machines)


def _fits(running: str, written: Any) -> bool:
    if not isinstance(written, str):
        return False
    pattern = PLACE.sub('[^"]*?', re.escape(written))
    return re.fullmatch(pattern, running) is not None


def template(sandbox: Sandbox, name: str) -> dict[str, Any]:
    """Read the template that CloudFormation was given."""
    body = sandbox.client("cloudformation").get_template(StackName=name)["TemplateBody"]
    read: dict[str, Any] = json.loads(body) if isinstance(body, str) else dict(body)
    return read
