"""ACC6: a role trusts one subject of an identity provider, never all that the provider knows."""

import re
from collections.abc import Iterator

from guardrails.ml_lens.examples import trusting
from guardrails.ml_lens.patterns import is_exact, literal_prefix
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import Statement, per_statement
from guardrails.ml_lens.template import Template

# A pattern of subjects says at least whose they are: repo:owner/name:*
OWNED = re.compile(r"[^:/]+:[^:/]+/[^:/]+[:/].*|system:serviceaccount:[^:]+:.+")
COGNITO = "cognito-identity.amazonaws.com"


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield each trust in a provider that asks for no subject, or for any."""
    if not statement.allows:
        return
    for provider in statement.principals("Federated"):
        if "saml-provider" in provider:
            proven = _asks(statement, ("saml:aud",))
        elif provider == COGNITO:
            proven = _asks(statement, (":aud",)) and _asks(statement, (":amr", ":sub"))
        else:
            proven = _asks(statement, (":sub",)) and _asks(statement, (":aud", ":sub"))
        if not proven:
            detail = f"{provider} must be asked for an audience and a subject of its own"
            yield Finding(statement.holder.logical_id, statement.location, detail)


def _asks(statement: Statement, ends: tuple[str, ...]) -> bool:
    return any(
        key.endswith(ends)
        and operator.removeprefix("ForAnyValue:") in ("StringEquals", "StringLike")
        and values
        and all(is_exact(v) or OWNED.match(literal_prefix(v)) for v in values)
        and values != ["unauthenticated"]
        for operator, key, values in statement.conditions()
    )


_CI = {
    "Federated": {
        "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/ci.example"
    }
}
_WEB = "sts:AssumeRoleWithWebIdentity"
RULE = Rule(
    id="MlLens-ACC6",
    practice="MLSEC04-BP01",
    message="a federated principal must be one subject",
    fix='add conditions={"StringEquals": {"<provider>:aud": "…", "<provider>:sub": "…"}}',
    check=per_statement(lambda statement: statement.is_trust, check),
    types=("AWS::IAM::Role",),
    compliant=trusting(
        _CI,
        _WEB,
        Condition={
            "StringEquals": {"ci.example:aud": "sts", "ci.example:sub": "repo:owner/name:main"}
        },
    ),
    violating=trusting(_CI, _WEB, Condition={"StringLike": {"ci.example:sub": "repo:*"}}),
)
