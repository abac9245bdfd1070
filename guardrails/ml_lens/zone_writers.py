"""ACC14: where jobs make tables of files, a bucket of theirs takes objects from named roles."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import is_intrinsic, reference, text
from guardrails.ml_lens.examples import document, one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import ANYONE, Statement, resource_statements
from guardrails.ml_lens.template import Resource, Template

JOB, TABLE = "AWS::Glue::Job", "AWS::Glue::Table"
BUCKET, POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
PLACE = re.compile(r"s3://<([^>.]+)>")
ROLE = re.compile(r"<[^>]+\.Arn>|arn:<AWS::Partition>:iam::<AWS::AccountId>:role/[^*?]+")
UNEQUAL = ("ArnNotEquals", "StringNotEquals")


def check(template: Template) -> Iterator[Finding]:
    """Yield each bucket that a job is told of, or a table lies in, and that anyone may write to.

    Rights of roles are said elsewhere, and by others too: what a table says must not depend on it.
    """
    jobs, tables = list(template.of_type(JOB)), list(template.of_type(TABLE))
    if not jobs and not any(table.at("OpenTableFormatInput") for table in tables):
        return  # whoever drops files makes the tables
    places = {
        name
        for resource in (*jobs, *tables)
        for spelled in _texts(resource.properties)
        for name in PLACE.findall(spelled)
    }
    for bucket in template.of_type(BUCKET):
        if bucket.logical_id in places and not any(
            _names_writers(statement, bucket) for statement in resource_statements(template)
        ):
            yield Finding(
                bucket.logical_id, "Properties", "no policy denies s3:PutObject to others"
            )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, Mapping) and not is_intrinsic(value):
        for inner in value.values():
            yield from _texts(inner)
    else:
        yield text(value)


def _names_writers(statement: Statement, bucket: Resource) -> bool:
    holder = statement.holder
    if holder.type != POLICY or reference(holder.at("Bucket")) != bucket.logical_id:
        return False
    conditions = list(statement.conditions())
    return (
        holder.protects(bucket)
        and not statement.allows
        and statement.principals("AWS") == [ANYONE]
        and any(action in ("s3:PutObject", "s3:*") for action in statement.actions())
        and _covers(statement, bucket)
        and len(conditions) == 1
        and conditions[0][0] in UNEQUAL
        and conditions[0][1] == "aws:principalarn"
        and all(ROLE.fullmatch(value) for value in conditions[0][2])
    )


def _covers(statement: Statement, bucket: Resource) -> bool:
    """Tell whether it is about every object, or all but some of a name."""
    whole = f"<{bucket.logical_id}.Arn>/*"
    if "NotResource" not in statement.body:
        return whole in statement.resources()
    left = statement.body["NotResource"]
    spelled = [text(each) for each in (left if isinstance(left, list) else [left])]
    return all(each.startswith(whole[:-1]) and each != whole for each in spelled)


def _example(*statements: Mapping[str, Any]) -> dict[str, Any]:
    location = {"Fn::Join": ["", ["s3://", {"Ref": "It"}, "/visits"]]}
    policy = {"Bucket": {"Ref": "It"}, "PolicyDocument": document(*statements)}
    return one(BUCKET) | {
        "Job": {"Type": JOB, "Properties": {"DefaultArguments": {"--zone": location}}},
        "Policy": {"Type": POLICY, "Properties": policy},
    }


_ONLY_WRITER = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "s3:PutObject",
    "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": ["It", "Arn"]}, "/*"]]},
    "Condition": {"ArnNotEquals": {"aws:PrincipalArn": {"Fn::GetAtt": ["Role", "Arn"]}}},
}
RULE = Rule(
    id="MlLens-ACC14",
    practice="MLSEC03-BP02",
    message="a zone that jobs make tables of must take objects from named roles alone",
    fix="deny s3:PutObject in the bucket's policy to every principal but the zone's writers",
    check=check,
    types=(JOB, TABLE, BUCKET, POLICY),
    compliant=_example(_ONLY_WRITER),
    violating=_example(),
)
