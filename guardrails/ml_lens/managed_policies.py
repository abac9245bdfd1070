"""ACC5: no policy that others write, and widen when they like."""

from collections.abc import Iterator, Mapping

from guardrails.intrinsics import items, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

ATTACHED: Mapping[str, tuple[str, ...]] = {
    "AWS::IAM::Role": ("ManagedPolicyArns",),
    "AWS::IAM::User": ("ManagedPolicyArns",),
    "AWS::IAM::Group": ("ManagedPolicyArns",),
    "AWS::SSO::PermissionSet": ("ManagedPolicies",),
}
OF_AWS = ":iam::aws:policy/"
# Read in full: they hold a few actions that AWS ties to nothing smaller.
NARROW = frozenset(
    {
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "service-role/AWSAppSyncPushToCloudWatchLogs",
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
    }
)


def check(template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield each attached policy that is neither of this template nor known to be narrow."""
    for name in ATTACHED[holder.type]:
        for index, policy in enumerate(items(holder.at(name))):
            target = template.target(policy)
            if target and target.type == "AWS::IAM::ManagedPolicy":
                continue
            spelled = text(policy)
            _, of_aws, short = spelled.partition(OF_AWS)
            if of_aws and short in NARROW:
                continue
            where = f"Properties.{name}.{index}"
            known = "AWS widens it without asking" if of_aws else "no rule has judged it"
            yield Finding(holder.logical_id, where, f"is {spelled}: {known}")


RULE = Rule(
    id="MlLens-ACC5",
    practice="MLSEC03-BP01",
    message="rights must be written in the template",
    fix="write the actions that are needed into a policy of the role's own",
    check=per_resource(ATTACHED, check),
    types=tuple(ATTACHED),
    compliant=one("AWS::IAM::Role", ManagedPolicyArns=[{"Ref": "Policy"}])
    | {"Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {}}},
    violating=one(
        "AWS::IAM::Role",
        ManagedPolicyArns=[
            {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSageMakerFullAccess"}
        ],
    ),
    beyond=("AwsSolutions-IAM4", "NIST.800.53.R5-IAMPolicyNoStatementsWithAdminAccess"),
)
