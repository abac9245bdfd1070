"""ACC1: nobody may do everything, nor anything to everything that AWS can tell apart."""

import re
from collections.abc import Iterator

from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import ANYONE, identity_statements
from guardrails.ml_lens.template import Template
from guardrails.ml_lens.unscopable import AI_SERVICES, is_unscopable

WHOLE_SERVICE = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:\*")


def check(template: Template) -> Iterator[Finding]:
    """Yield wildcards in AI actions, and actions on ``*`` that could name their resource."""
    for statement in identity_statements(template):
        if not statement.allows:
            continue
        everywhere = any(r == ANYONE or WHOLE_SERVICE.fullmatch(r) for r in statement.resources())
        for action in statement.actions():
            service, _, name = action.lower().partition(":")
            wild = "*" in action or "?" in action
            if wild and (service in AI_SERVICES or "*" in service or "?" in service or name == "*"):
                detail = f"{action} is a wildcard: name each action"
            elif everywhere and not is_unscopable(action):
                detail = f"{action} on every resource: AWS can scope it; name the resource"
            else:
                continue
            yield Finding(statement.holder.logical_id, statement.location, detail)


RULE = Rule(
    id="MlLens-ACC1",
    practice="MLSEC03-BP01",
    message="access must be least privilege",
    fix="name the actions and their resources; what AWS cannot scope stands in"
    " guardrails/ml_lens/unscopable.py",
    check=check,
)
