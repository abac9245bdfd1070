"""ACC2: a service that acts on our resources proves that it acts for us."""

import re
from collections.abc import Iterator, Mapping

from guardrails.ml_lens.examples import ACCOUNT, opening
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import Statement, is_identity, per_statement
from guardrails.ml_lens.template import Template

PROOFS = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
# Where a service sends another proof than aws:Source*.
OWN_PROOFS: Mapping[str, frozenset[str]] = {
    "logs": frozenset({"kms:encryptioncontext:aws:logs:arn"}),
    # The account that it works for, as its guide has trust policies ask.
    "firehose": frozenset({"sts:externalid"}),
    # With the logs of state machines whose account and Region it names.
    "delivery.logs": frozenset({"kms:encryptioncontext:sourcearn"}),
}
# Trust policies in which AWS documents no aws:Source* key: a condition on one would never match.
WITHOUT_PROOF: Mapping[str, str] = {
    "lambda": "Lambda sends no source; only its control plane passes the role, by iam:PassRole",
    "edgelambda": "Lambda@Edge assumes the role as Lambda does and sends no source",
    "glue": "Glue's guide has trust policies without a source; iam:PassRole guards the role",
    "ec2": "an instance profile is passed by iam:PassRole; EC2 sends no source",
    "ecs-tasks": "the agent assumes the task's role for the task that it runs",
    "credentials.iot": "the role alias and the certificate's policy decide; IoT sends no source",
}


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield each statement and permission that lets a service in without asking for whom."""
    if not statement.allows:
        return
    for principal in statement.principals("Service"):
        if not _proven(statement, service_of(principal)):
            yield Finding(
                statement.holder.logical_id,
                statement.location,
                f"{principal} needs a condition on aws:SourceArn or aws:SourceAccount that only"
                " this account can meet",
            )


def service_of(principal: str) -> str:
    """Return the service's short name: ``logs`` for ``logs.<AWS::Region>.amazonaws.com``."""
    return re.sub(r"(\.<AWS::Region>)?\.(amazonaws\.com(\.cn)?|<AWS::URLSuffix>)$", "", principal)


def _proven(statement: Statement, service: str) -> bool:
    if statement.is_trust and service in WITHOUT_PROOF:
        return True
    return bool(statement.limited_by() & (PROOFS | OWN_PROOFS.get(service, frozenset())))


RULE = Rule(
    id="MlLens-ACC2",
    practice="MLSEC04-BP01",
    message="a service principal must prove for whom it acts (confused deputy)",
    fix='add conditions={"StringEquals": {"aws:SourceAccount": stack.account}} or an aws:SourceArn',
    check=per_statement(lambda statement: not is_identity(statement), check),
    types=("AWS::Lambda::Permission", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"),
    compliant=opening(
        "AWS::SQS::QueuePolicy",
        "PolicyDocument",
        {"Service": "s3.amazonaws.com"},
        "sqs:SendMessage",
        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    ),
    violating=opening(
        "AWS::SQS::QueuePolicy",
        "PolicyDocument",
        {"Service": "s3.amazonaws.com"},
        "sqs:SendMessage",
        Condition={"ArnLike": {"aws:SourceArn": "arn:*:s3:::*"}},
    ),
)
