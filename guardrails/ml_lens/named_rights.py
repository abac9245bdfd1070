"""RES1: whoever is let in from outside may do what is named, and no more."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import ACCOUNT, opening
from guardrails.ml_lens.nothing_public import NO_OWN_ACCESS
from guardrails.ml_lens.patterns import is_wild
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import Statement, is_identity, per_statement
from guardrails.ml_lens.template import Template


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield whole services in the hands of anyone but the account that owns the resource.

    The account itself may: without it nobody could change a key's policy any more.
    """
    if not statement.allows or statement.holder.type in NO_OWN_ACCESS:
        return
    people = statement.principals("AWS")
    if people and all(name.endswith(":iam::<AWS::AccountId>:root") for name in people):
        return
    for action in statement.actions():
        service, _, name = action.rpartition(":")
        if is_wild(service) or not name.strip("*?"):
            detail = f"{action} in the hands of others: name each action"
            yield Finding(statement.holder.logical_id, statement.location, detail)


_OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
_S3 = {"Service": "s3.amazonaws.com"}
RULE = Rule(
    id="MlLens-RES1",
    practice="MLSEC03-BP01",
    message="a resource policy must name what it allows",
    fix="name the actions, such as sqs:SendMessage",
    check=per_statement(lambda statement: not is_identity(statement), check),
    compliant=opening(
        "AWS::SQS::QueuePolicy", "PolicyDocument", _S3, "sqs:SendMessage", Condition=_OURS
    ),
    violating=opening("AWS::SQS::QueuePolicy", "PolicyDocument", _S3, "sqs:*", Condition=_OURS),
)
