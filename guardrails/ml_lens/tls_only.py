"""TLS1: buckets, queues and topics refuse whoever does not come over TLS."""

from collections.abc import Iterator
from typing import NamedTuple

from guardrails.intrinsics import items, plain, reference, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import ANYONE, Statement, resource_statements
from guardrails.ml_lens.template import Resource, Template


class _Guarded(NamedTuple):
    policy: str
    targets: str
    actions: tuple[str, ...]


# SNS refuses sns:* in a topic's policy, so publishing is what can be denied there.
GUARDED = {
    "AWS::S3::Bucket": _Guarded("AWS::S3::BucketPolicy", "Bucket", ("s3:*", "*")),
    "AWS::SQS::Queue": _Guarded("AWS::SQS::QueuePolicy", "Queues", ("sqs:*", "*")),
    "AWS::SNS::Topic": _Guarded("AWS::SNS::TopicPolicy", "Topics", ("sns:Publish", "SNS:Publish")),
}


def check(template: Template) -> Iterator[Finding]:
    """Yield each of them that no policy of the template closes to plain HTTP."""
    for resource in template.of_type(*GUARDED):
        guarded = GUARDED[resource.type]
        if not any(
            _refuses_http(statement, guarded, resource)
            for statement in resource_statements(template)
            if statement.holder.type == guarded.policy
            and statement.holder.protects(resource)
            and resource.logical_id
            in {reference(target) for target in items(statement.holder.at(guarded.targets))}
        ):
            yield Finding(
                resource.logical_id, "Properties", f"no {guarded.policy} denies plain HTTP"
            )


def _refuses_http(statement: Statement, guarded: _Guarded, resource: Resource) -> bool:
    if statement.body.get("Effect") != "Deny" or statement.principals("AWS") != [ANYONE]:
        return False
    conditions = plain(statement.body.get("Condition") or {})
    flag = plain(conditions.get("Bool") or {}).get("aws:SecureTransport")
    if list(conditions) != ["Bool"] or len(conditions["Bool"]) != 1 or flag is None:
        return False
    wanted = {f"<{resource.logical_id}.Arn>", f"<{resource.logical_id}>"}
    covered = set(statement.resources())
    whole = resource.type != "AWS::S3::Bucket" or f"<{resource.logical_id}.Arn>/*" in covered
    return (
        text(flag).lower() == "false"
        and any(action in guarded.actions for action in statement.actions())
        and (ANYONE in covered or (bool(wanted & covered) and whole))
    )


RULE = Rule(
    id="MlLens-TLS1",
    practice="MLSEC02-BP01",
    message="data in transit must be encrypted: requests without TLS must be denied",
    fix="set enforce_ssl=True",
    check=check,
    types=(
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
    ),
    compliant=one("AWS::SQS::Queue")
    | {
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "It"}],
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "sqs:*",
                            "Resource": {"Fn::GetAtt": ["It", "Arn"]},
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    ]
                },
            },
        }
    },
    violating=one("AWS::SQS::Queue"),
)
