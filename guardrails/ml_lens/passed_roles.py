"""ACC4: who may pass a role to a service may pass that role only."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import granting
from guardrails.ml_lens.patterns import glob, is_exact
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import IDENTITY_TYPES, Statement, is_identity, per_statement
from guardrails.ml_lens.template import Template

# Each of them hands the rights of the role to whoever asks.
HANDING_OVER = ("iam:PassRole", "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity")


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield each statement that hands over roles by a pattern."""
    if not statement.allows:
        return
    handed = {h for a in statement.actions() for h in HANDING_OVER if glob(a).fullmatch(h)}
    for resource in statement.resources():
        if handed and not is_exact(resource):
            detail = f"{', '.join(sorted(handed))} on {resource}: name each role"
            yield Finding(statement.holder.logical_id, statement.location, detail)


RULE = Rule(
    id="MlLens-ACC4",
    practice="MLSEC03-BP01",
    message="a role may be handed over only by its name",
    fix="name the role: resources=[role.role_arn]",
    check=per_statement(is_identity, check),
    types=IDENTITY_TYPES,
    compliant=granting("iam:PassRole", "<Training.Arn>"),
    violating=granting("iam:PassRole", "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/ml/*"),
    beyond=("AwsSolutions-IAM5",),
)
