"""ACC1: nobody may do everything, nor anything to everything that AWS can tell apart."""

from collections.abc import Iterator, Mapping

from guardrails.iam_reference import actions_of
from guardrails.ml_lens.examples import granting
from guardrails.ml_lens.patterns import glob, is_unbounded, is_wild
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import (
    ANYONE,
    IDENTITY_TYPES,
    LIMITS,
    Statement,
    is_identity,
    per_statement,
)
from guardrails.ml_lens.template import Template
from guardrails.ml_lens.unscopable import AI_SERVICES, is_unscopable

# S3 tells KMS for which bucket or object it decrypts: that names more than a key does. A scalable
# target has a number of AWS's for a name: what it is of is told by its namespace.
NAMED_BY: Mapping[str, str] = {
    "kms:decrypt": "kms:encryptioncontext:aws:s3:arn",
    "application-autoscaling:deregisterscalabletarget": "application-autoscaling:service-namespace",
    "application-autoscaling:putscalingpolicy": "application-autoscaling:service-namespace",
    "application-autoscaling:registerscalabletarget": "application-autoscaling:service-namespace",
}


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield wildcards that cover too much, and actions that could name their resource."""
    if not statement.allows:
        return
    unbounded = [r for r in statement.resources() if r == ANYONE or is_unbounded(r)]
    for action in statement.actions():
        if is_wild(action) and (why := _too_wide(action)):
            detail = f"{action} is a wildcard: {why}"
        elif unbounded and not is_unscopable(action) and not _is_named(statement, action):
            detail = f"{action} on {unbounded[0]}: AWS can scope it; name the resource"
        else:
            continue
        yield Finding(statement.holder.logical_id, statement.location, detail)


def _is_named(statement: Statement, action: str) -> bool:
    """Tell whether a condition names what the action is about, where its resource cannot."""
    by = NAMED_BY.get(action.lower())
    named = [
        not is_unbounded(value)
        for operator, key, values in statement.conditions()
        for value in values
        if key == by and operator in LIMITS
    ]
    return by is not None and bool(named) and all(named)


def _too_wide(action: str) -> str | None:
    service, _, name = action.lower().partition(":")
    if service in AI_SERVICES or is_wild(service) or not name.strip("*?") or "?" in name:
        return "name each action"
    covered = [a for a in actions_of(service).values() if glob(name).fullmatch(a.name)]
    grants = sorted(a.name for a in covered if a.grants)
    if grants:
        return f"it covers {', '.join(grants[:3])}, which grant rights; name each action"
    if len(covered) > 1 and len(covered) == len(actions_of(service)):
        return "it covers the whole service; name each action"
    return None


RULE = Rule(
    id="MlLens-ACC1",
    practice="MLSEC03-BP01",
    message="access must be least privilege",
    fix="name the actions and their resources; what AWS cannot scope stands in"
    " guardrails/ml_lens/unscopable.py",
    check=per_statement(is_identity, check),
    types=IDENTITY_TYPES,
    compliant=granting("s3:GetObject", "<Frames.Arn>/*"),
    violating=granting("s3:**", "<Frames.Arn>/*"),
    beyond=("AwsSolutions-IAM5",),
)
