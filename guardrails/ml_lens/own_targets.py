"""ACC9: what happens here is told to targets of this account, which the template names."""

from collections.abc import Iterator, Mapping

from guardrails.intrinsics import items, plain, reference, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.patterns import arn_parts, is_wild
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

RULE_TYPE = "AWS::Events::Rule"
# Where each type says whom it tells.
TARGETS: Mapping[str, tuple[str, ...]] = {
    "AWS::Scheduler::Schedule": ("Target", "Arn"),
    "AWS::Pipes::Pipe": ("Target",),
    "AWS::Logs::SubscriptionFilter": ("DestinationArn",),
    "AWS::Kinesis::StreamConsumer": ("StreamARN",),
    "AWS::SNS::Subscription": ("Endpoint",),
    "AWS::Lambda::EventSourceMapping": ("EventSourceArn",),
}
ACCOUNTS = ("", "<AWS::AccountId>")


def check(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield targets of other accounts, and those that a parameter chooses."""
    if holder.type == RULE_TYPE:
        targets = [
            (f"Properties.Targets.{index}.Arn", plain(target).get("Arn"))
            for index, target in enumerate(items(holder.at("Targets")))
        ]
    else:
        path = TARGETS[holder.type]
        targets = [(f"Properties.{'.'.join(path)}", holder.at(*path))]
    for where, target in targets:
        arn = arn_parts(text(target)) if target else []
        somewhere = reference(target) is None and (len(arn) < 6 or is_wild(arn[5]))
        if somewhere and holder.type != "AWS::SNS::Subscription":
            yield Finding(holder.logical_id, where, f"is {text(target or '')}, which is no target")
        if len(arn) == 6 and arn[4] not in ACCOUNTS and arn[2] != "states":
            yield Finding(holder.logical_id, where, f"is of the account {arn[4]}")


RULE = Rule(
    id="MlLens-ACC9",
    practice="MLSEC04-BP01",
    message="events and data must stay in the account",
    fix="name a resource of the template, or an ARN with Aws.ACCOUNT_ID",
    check=per_resource((RULE_TYPE, *TARGETS), check),
    types=(RULE_TYPE, *TARGETS),
    compliant=one(RULE_TYPE, Targets=[{"Id": "a", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}]),
    violating=one(
        RULE_TYPE,
        Targets=[{"Id": "a", "Arn": {"Fn::Sub": "arn:x:events:y:${Other}:event-bus/b"}}],
    ),
)
