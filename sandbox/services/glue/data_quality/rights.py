"""Which resource of IAM a request about data quality is about."""

from collections.abc import Iterator

from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import responses
from sandbox.services.glue.data_quality.runs import RECORDS
from sandbox.services.glue.operations import Request

# https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html: a run is no resource,
# and is asked for as if it were every ruleset.
_OF_ONE = {f"{verb}DataQualityRuleset" for verb in ("Create", "Delete", "Get", "Update")}


def named(ruleset: str) -> str:
    """Give the ARN of a ruleset."""
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    return f"arn:{PARTITION}:glue:{place}:dataQualityRuleset/{ruleset}"


def every() -> str:
    """Give what stands for every ruleset."""
    return named("*")


def arns(operation: str, request: Request) -> Iterator[str]:
    """Name what a request needs rights on; nothing, if it is about something else."""
    if "DataQuality" not in operation:
        return
    if operation in _OF_ONE:
        yield named(str(request.get("Name")))
    elif operation == "StartDataQualityRulesetEvaluationRun":
        yield from map(named, request.get("RulesetNames") or ["*"])
    elif operation == "GetDataQualityResult":
        result = RECORDS.results.get(request.get("ResultId")) or {}
        yield named(result.get("RulesetName", "*"))
    else:
        yield every()
