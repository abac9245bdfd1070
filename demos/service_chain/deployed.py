"""Compare the machine that is deployed with the one that was synthesized."""

import json
import re
from collections.abc import Mapping
from typing import Any

from demos.service_chain.outputs import Outputs
from sandbox.host.client import Sandbox

PLACE = re.compile(r"\\\$\\\{\w+\\\}")


def definition(sandbox: Sandbox, stack: Outputs) -> str:
    """Read the definition of the machine that runs."""
    states = sandbox.client("stepfunctions")
    text: str = states.describe_state_machine(stateMachineArn=stack.state_machine_arn)["definition"]
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
