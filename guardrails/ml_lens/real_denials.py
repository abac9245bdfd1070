"""RES2: a denial denies somebody: what it spares is named, and is not everything."""

import re
from collections.abc import Iterator
from typing import Any

from guardrails.ml_lens.examples import document, one
from guardrails.ml_lens.patterns import is_unbounded
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import ANYONE, Statement, per_statement
from guardrails.ml_lens.template import Template

NEGATED = re.compile(r"(ForA\w+Values?:)?(String|Arn)Not(Equals|Like)(IgnoreCase)?(IfExists)?")


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield denials with an exception that everybody is."""
    if statement.allows:
        return
    for operator, key, values in statement.conditions():
        for value in values if NEGATED.fullmatch(operator) else ():
            if value.strip(ANYONE) == "" or (key.endswith("arn") and is_unbounded(value)):
                detail = f"{operator} {key} {value} spares everybody"
                yield Finding(statement.holder.logical_id, statement.location, detail)


def _denying(arn: str) -> dict[str, Any]:
    spared = {"ArnNotEquals": {"aws:PrincipalArn": {"Fn::Sub": arn}}}
    body = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
    policy = document({**body, "Condition": spared})
    return one("AWS::SNS::TopicPolicy", Topics=["it"], PolicyDocument=policy)


RULE = Rule(
    id="MlLens-RES2",
    practice="MLSEC03-BP01",
    message="a denial must deny somebody",
    fix="name whom it spares: the ARN of a role of the template",
    check=per_statement(lambda statement: not statement.allows, check),
    compliant=_denying("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/alarms"),
    violating=_denying("arn:${AWS::Partition}:iam::*:*"),
)
