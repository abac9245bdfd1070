"""The page of the rules: what each refuses, an example that it is run on, what is covered."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from guardrails.ml_lens import RULES, findings
from guardrails.ml_lens.known_types import HARMLESS, packed_types
from guardrails.ml_lens.practices import PRACTICES
from guardrails.ml_lens.rule import Rule
from guardrails.security_hub import CONTROLS

HEAD = """\
# Guardrails

Whatever a stack adds, and however it is written (a construct, a generic resource, an override, an
aspect, an included template), it is judged as the text that CloudFormation gets. Each synthesized
template, nested ones and the bodies of StackSets too, goes through:

- **the packs of cdk-nag**, which judge constructs: each template is read back typed, once for all
  packs. What cannot be read back is a finding. `AwsSolutions`, `NIST.800.53.R5` and `Serverless`
  are always on; `guardrails.packs` in `config/` adds `HIPAA.Security` and `PCI.DSS.321`;
- **AWS's own validator**, whose warnings fail as well;
- **the rules below**, the pack `MlLens`, by the best practices of the Well-Architected Machine
  Learning Lens.

What only a deployment knows (a parameter with or without a default, an import, `{{resolve:…}}`,
`Fn::If`) counts as undecidable where a rule needs it, and undecidable is refused. A control that
stands under a condition does not count as present. What the gate refuses is removed from `cdk.out`.
A finding is mended, or waived by concern with `guardrails.waive`; the accepted ones are in
[security-waivers.md](security-waivers.md). Written by `make docs`; do not edit.

## The rules
"""
EXAMPLE = """\
\"\"\"XYZ1: a table is not deleted by mistake.\"\"\"

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.practices import PRACTICES
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, check_table

TABLE = {"AWS::DynamoDB::Table": (Setting.of("DeletionProtectionEnabled", True),)}
RULE = Rule(
    id="MlLens-XYZ1",
    practice="MLREL05-BP02",
    message="a table must be protected against deletion",
    fix="set deletion_protection=True",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one("AWS::DynamoDB::Table", DeletionProtectionEnabled=True),
    violating=one("AWS::DynamoDB::Table"),
)
"""
TAIL = f"""\
## Add a rule

1. Write `guardrails/ml_lens/<what_it_wants>.py`. The folder is the list, and ten lines are enough:

```python
{EXAMPLE}```

2. Write a test of the same name in `tests/guardrails/ml_lens/`. Both examples above are run by
   the tests as they are.
3. Add what it refuses, in other spellings, to `tests/guardrails/faults/`, beside what is right.
4. `make docs` writes it into this page.

`Setting.of` names a property and what is right for it: values, `None` for none, a pattern, or
nothing for "must be there"; `Name[]` goes through a list, and `Name?` goes on only if it is there.
Where a table does not do, write a function `check(template, resource)` that yields `Finding`s, and
wrap it in `per_resource`. `resource.at` raises on a value that only a deployment knows, which
becomes a finding. A rule about policies takes `per_statement`, and so sees policies that are texts
as well. A type that no rule reads is refused until one does, or until
`guardrails/ml_lens/known_types.py` says why it needs none.
"""


def page() -> str:
    """Write the page."""
    covered = ("## What is covered", "", *_coverage())
    parts = [*_rules(), "", *_practices(), "", *_controls(), "", *covered]
    return "\n".join([HEAD, *parts, "", TAIL])


def _controls() -> Iterator[str]:
    yield "## Controls of AWS Security Hub on SageMaker"
    yield ""
    yield "Those of its Foundational and its AI Security Best Practices. What a rule refuses, that"
    yield "control never finds in an account; a test holds each of them to an example."
    yield ""
    yield "| Control | Wants | Refused by |"
    yield "|---|---|---|"
    for control in CONTROLS:
        by = (
            control.rule.removeprefix("MlLens-") if control.rule else f"no rule: {control.why_none}"
        )
        yield f"| SageMaker.{control.number} | {control.wants} | {by} |"


def _practices() -> Iterator[str]:
    yield "The practices, by the names that AWS gives them:"
    yield ""
    yield from (f"- {practice}: {title}" for practice, title in sorted(PRACTICES.items()))


def _rules() -> Iterator[str]:
    yield "| Rule | Practice | Refused unless | For example | Goes beyond |"
    yield "|---|---|---|---|---|"
    for rule in sorted(
        RULES, key=lambda rule: (rule.id.rstrip("0123456789"), len(rule.id), rule.id)
    ):
        name = rule.id.removeprefix("MlLens-")
        cells = (name, rule.practice, rule.message, _example(rule), ", ".join(rule.beyond))
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _example(rule: Rule) -> str:
    found = next(findings(rule, {"Resources": rule.violating}))
    resource: Mapping[str, object] = rule.violating.get(found.logical_id or "", {})
    place = found.location.removeprefix("Properties.")
    return f"`{resource.get('Type', 'template')}`: {place} {found.detail}"


def _coverage() -> Iterator[str]:
    ruled: dict[str, set[str]] = defaultdict(set)
    for rule in RULES:
        for type_ in rule.types:
            ruled[_service(type_)].add(rule.id.removeprefix("MlLens-"))
    packed, harmless = _counted(packed_types()), _counted(HARMLESS)
    yield "Beside what the table says, resources of every type are searched for policies, secrets,"
    yield "public addresses, plain HTTP and literal places."
    yield ""
    yield "| Service | Our rules | Types that packs read | Types that need no rule |"
    yield "|---|---|---:|---:|"
    for service in sorted({*ruled, *packed, *harmless}):
        rules = ", ".join(sorted(ruled.get(service, ())))
        yield f"| {service} | {rules} | {packed.get(service, '')} | {harmless.get(service, '')} |"


def _counted(types: frozenset[str] | Mapping[str, str]) -> Mapping[str, int]:
    services = [_service(type_) for type_ in types]
    return {service: services.count(service) for service in services}


def _service(type_: str) -> str:
    return type_.split("::")[1]
