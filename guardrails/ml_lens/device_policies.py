"""ACC12: a device speaks for itself: a pattern of topics begins with the name of its thing."""

import json
from collections.abc import Iterator

from guardrails.intrinsics import UnresolvableError, text
from guardrails.ml_lens.examples import document, one, statement
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.statements import Statement, per_statement
from guardrails.ml_lens.template import Resource, Template

POLICIES = ("AWS::IoT::Policy", "AWS::IoT::ProvisioningTemplate")
ITS_OWN = ("${iot:Connection.Thing.", "${iot:Certificate.")
# Of MQTT the last two: a level of topics, and all below.
WILDCARDS = "*?+#"


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield patterns that other devices fall under; exact names that all share pass."""
    if not statement.allows:
        return
    for resource in statement.resources():
        wild = min((resource.find(c) for c in WILDCARDS if c in resource), default=-1)
        own = max(resource.find(variable) for variable in ITS_OWN)
        chosen = "${iot:ClientId}" in resource
        if chosen or (wild >= 0 and not 0 <= own < wild):
            detail = f"{resource} is of other devices too: put ${{iot:Connection.Thing.ThingName}}"
            yield Finding(
                statement.holder.logical_id, statement.location, f"{detail} before a pattern"
            )


def check_body(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield templates of provisioning that hide the policy which they give to a device."""
    try:
        json.loads(text(holder.at("TemplateBody")))
    except json.JSONDecodeError:
        raise UnresolvableError("TemplateBody is no JSON that stands in the template") from None
    yield from ()


def check_all(template: Template) -> Iterator[Finding]:
    """Judge the policies of devices, and those of templates that make devices."""
    yield from per_resource(POLICIES[1:], check_body)(template)
    yield from per_statement(lambda statement: statement.holder.type in POLICIES, check)(template)


_TOPICS = "arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:topic/"
RULE = Rule(
    id="MlLens-ACC12",
    practice="MLSEC03-BP01",
    message="a device may speak for itself only",
    fix="name topics and clients by ${iot:Connection.Thing.ThingName}",
    check=check_all,
    types=POLICIES,
    compliant=one(
        POLICIES[0],
        PolicyDocument=document(
            statement("iot:Publish", f"{_TOPICS}<!iot:Connection.Thing.ThingName>/*")
        ),
    ),
    violating=one(
        POLICIES[0], PolicyDocument=document(statement("iot:Publish", f"{_TOPICS}factory/*"))
    ),
)
