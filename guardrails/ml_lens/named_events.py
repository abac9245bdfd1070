"""ACC15: whoever puts events on a bus may put those of named sources only: others act on them."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import granting
from guardrails.ml_lens.patterns import glob, is_exact
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.statements import IDENTITY_TYPES, Statement, is_identity, per_statement
from guardrails.ml_lens.template import Template

SOURCE, EACH = "events:source", "ForAllValues:StringEquals"
BUS = "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"


def check(_template: Template, statement: Statement) -> Iterator[Finding]:
    """Yield each grant of PutEvents that leaves open in whose name events are put."""
    puts = any(glob(action).fullmatch("events:PutEvents") for action in statement.actions())
    if statement.allows and puts and not _names_sources(statement):
        detail = "events:PutEvents in anybody's name: name the sources"
        yield Finding(statement.holder.logical_id, statement.location, detail)


def _names_sources(statement: Statement) -> bool:
    """Tell whether sources are named, and none may be left out, which `ForAllValues` lets pass."""
    conditions = list(statement.conditions())
    named = {
        operator: bool(values) and all(map(is_exact, values))
        for operator, key, values in conditions
        if key == SOURCE and operator in ("StringEquals", EACH)
    }
    there = ("Null", SOURCE, ["false"]) in [
        (o, k, [v.lower() for v in vs]) for o, k, vs in conditions
    ]
    return any(named.values()) and (there or EACH not in named)


def _bounded(source: str) -> dict[str, dict[str, str]]:
    return {EACH: {SOURCE: source}, "Null": {SOURCE: "false"}}


RULE = Rule(
    id="MlLens-ACC15",
    practice="MLSEC03-BP01",
    message="who puts events must do so in a name of its own",
    fix="add a condition on events:source, with Null false where it is ForAllValues",
    check=per_statement(is_identity, check),
    types=IDENTITY_TYPES,
    compliant=granting("events:PutEvents", BUS, Condition=_bounded("lake.prod")),
    violating=granting("events:PutEvents", BUS),
)
