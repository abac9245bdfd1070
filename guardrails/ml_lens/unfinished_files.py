"""REL10: an optimizer of a table deletes no file that a run is still writing."""

from collections.abc import Iterator
from typing import Any

from guardrails.intrinsics import text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template

OPTIMIZER = "AWS::Glue::TableOptimizer"
PLACE = (
    "TableOptimizerConfiguration",
    "OrphanFileDeletionConfiguration",
    "IcebergConfiguration",
    "OrphanFileRetentionPeriodInDays",
)
LEAST_DAYS = 3  # Glue's default; a job of Glue runs for two days unless it is told how long


def check(template: Template) -> Iterator[Finding]:
    """Yield each optimizer that takes young files for nobody's, which no commit names yet."""
    for optimizer in template.of_type(OPTIMIZER):
        days = text(optimizer.at(*PLACE) or LEAST_DAYS)
        if not days.isdigit() or int(days) < LEAST_DAYS:
            where = ".".join(("Properties", *PLACE))
            yield Finding(
                optimizer.logical_id,
                where,
                f"files of {days} days may be a run's; {LEAST_DAYS} is safe",
            )


def _example(days: int) -> dict[str, Any]:
    configuration: dict[str, Any] = {PLACE[-1]: days}
    for name in reversed(PLACE[:-1]):
        configuration = {name: configuration}
    return one(OPTIMIZER, Type="orphan_file_deletion", **configuration)


RULE = Rule(
    id="MlLens-REL10",
    practice="MLREL02-BP02",
    message="an optimizer must leave the files of runs that have not ended",
    fix=f"keep orphan files for {LEAST_DAYS} days at least",
    check=check,
    types=(OPTIMIZER,),
    compliant=_example(LEAST_DAYS),
    violating=_example(1),
)
