"""ACC8: nothing that runs may change who may do what: it could give itself everything."""

from collections.abc import Iterator

from guardrails.iam_reference import actions_of
from guardrails.ml_lens.examples import granting
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import IDENTITY_TYPES, Statement, is_identity, per_statement
from guardrails.ml_lens.template import Template

# The reference counts them among those that grant, and yet they give nobody a right to more.
HARMLESS = {
    "iam:passrole": "ACC4 judges it, which knows the role",
    "logs:putresourcepolicy": "the delivery of a state machine's logs needs it, on every resource",
    "kms:creategrant": "it hands on a part of what the key's policy allows its caller",
    "lakeformation:getdataaccess": "it reads what Lake Formation granted",
    "s3:putaccountpublicaccessblock": "it closes",
    "s3:putbucketpublicaccessblock": "it closes",
    "iot:attachthingprincipal": "it ties a certificate to its thing",
}
# Of other levels in the reference, but with the same end.
ALSO = frozenset(
    {
        "iam:createaccesskey",
        "iam:createloginprofile",
        "iam:updateloginprofile",
        "iam:addusertogroup",
        "lambda:updatefunctioncode",
        "lambda:updatefunctionconfiguration",
        "sts:assumeroot",
    }
)


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield each action that grants rights; wildcards that cover one are ACC1's to find."""
    if not statement.allows:
        return
    for action in statement.actions():
        service, _, name = action.lower().partition(":")
        known = actions_of(service).get(name)
        full = f"{service}:{name}"
        if full in ALSO or (known and known.grants and full not in HARMLESS):
            detail = f"{action} grants rights, to itself as well"
            yield Finding(statement.holder.logical_id, statement.location, detail)


RULE = Rule(
    id="MlLens-ACC8",
    practice="MLSEC03-BP01",
    message="nothing that runs may change who may do what",
    fix="grant it in the template, by a policy that a reviewer sees",
    check=per_statement(is_identity, check),
    types=IDENTITY_TYPES,
    compliant=granting("sqs:SendMessage", "<Queue.Arn>"),
    violating=granting("iam:PutRolePolicy", "<Role.Arn>"),
)
