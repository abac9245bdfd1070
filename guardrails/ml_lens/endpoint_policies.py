"""NET2: through an endpoint of a VPC goes what is ours, not whatever anyone asks for."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import ACCOUNT, document, one, statement
from guardrails.ml_lens.nothing_public import BOUNDS
from guardrails.ml_lens.patterns import is_unbounded
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.statements import ANYONE, statements_of
from guardrails.ml_lens.template import Resource, Template

ENDPOINT = "AWS::EC2::VPCEndpoint"
OURS = BOUNDS | {"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"}


def check(_template: Template, endpoint: Resource) -> Iterator[Finding]:
    """Yield endpoints without a policy, and policies for anything of anyone."""
    if endpoint.at("VpcEndpointType") == "GatewayLoadBalancer":
        return
    held = list(statements_of(endpoint))
    if not held:
        detail = "is not set: the default lets everything of everyone pass"
        yield Finding(endpoint.logical_id, "Properties.PolicyDocument", detail)
    for found in held:
        anything = any(r == ANYONE or is_unbounded(r) for r in found.resources())
        if found.allows and anything and not found.limited_by() & OURS:
            detail = "lets every resource of every account pass"
            yield Finding(endpoint.logical_id, found.location, detail)


RULE = Rule(
    id="MlLens-NET2",
    practice="MLSEC05-BP01",
    message="an endpoint must let pass what is ours only",
    fix="name the resources, or add a condition on aws:ResourceAccount or aws:PrincipalAccount",
    check=per_resource((ENDPOINT,), check),
    types=(ENDPOINT,),
    compliant=one(
        ENDPOINT,
        PolicyDocument=document(
            statement(
                "s3:*",
                "*",
                Principal="*",
                Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}},
            )
        ),
    ),
    violating=one(ENDPOINT, PolicyDocument=document(statement("*", "*", Principal="*"))),
)
