"""A table that is held to its rules before a run goes on. Pure."""

from collections.abc import Callable

from stacks.data_lake.stages.turn_item import Catch
from stacks.shared.asl import NOTHING, States, call, choose, jsonata
from stacks.shared.queries import pascal

# Glue takes minutes to find workers, whatever the table is like.
LOOK_SECONDS = 20
MARGIN_SECONDS = 1800
_RESULT = "$states.result"
# Of every rule that did not pass: what it says, and what was measured.
_BAD = (
    f"{_RESULT}.RuleResults[Result != 'PASS']"
    ".(Description & ': ' & ($exists(EvaluationMessage) ? EvaluationMessage : Result))"
)


def check_quality(
    table: str, *, workers: int, minutes: int, catch_all: Catch
) -> Callable[[str], States]:
    """Evaluate a table's ruleset; go on if every rule holds, else record why the run ends here.

    A run that could not be evaluated ends it too: what nobody has looked at is not good.
    """
    name = pascal(table)

    def states(next_: str) -> States:
        return {
            f"Evaluate{name}": call(
                "glue",
                "startDataQualityRulesetEvaluationRun",
                {
                    "DataSource": {
                        "GlueTable": {"DatabaseName": "${Database}", "TableName": table}
                    },
                    "Role": "${QualityRole}",
                    "RulesetNames": [f"${{{name}Rules}}"],
                    "NumberOfWorkers": workers,
                    "Timeout": minutes,
                },
                assign={"evaluation": jsonata(f"{_RESULT}.RunId")},
                catches=[catch_all],
                next_=f"Await{name}",
            ),
            f"Await{name}": {
                "Type": "Wait",
                "Seconds": LOOK_SECONDS,
                "Output": NOTHING,
                "Next": f"LookAt{name}",
            },
            f"LookAt{name}": call(
                "glue",
                "getDataQualityRulesetEvaluationRun",
                {"RunId": jsonata("$evaluation")},
                assign={
                    "evaluated": jsonata(f"{_RESULT}.Status"),
                    "results": jsonata(f"$exists({_RESULT}.ResultIds) ? {_RESULT}.ResultIds : []"),
                    "bad": jsonata(
                        f"$exists({_RESULT}.ErrorString) ? {_RESULT}.ErrorString"
                        f" : 'the evaluation is ' & {_RESULT}.Status"
                    ),
                },
                catches=[catch_all],
                next_=f"Is{name}Evaluated",
            ),
            f"Is{name}Evaluated": choose(
                ("$evaluated in ['STARTING', 'RUNNING', 'STOPPING']", f"Await{name}"),
                ("$evaluated = 'SUCCEEDED' and $count($results) = 1", f"Read{name}Result"),
                otherwise=f"Refuse{name}",
            ),
            f"Read{name}Result": call(
                "glue",
                "getDataQualityResult",
                {"ResultId": jsonata("$results[0]")},
                assign={"bad": jsonata(f"$join([{_BAD}], '; ')")},
                catches=[catch_all],
                next_=f"Is{name}Good",
            ),
            f"Is{name}Good": choose(("$bad = ''", next_), otherwise=f"Refuse{name}"),
            f"Refuse{name}": {
                "Type": "Pass",
                "Assign": {
                    "failure": {
                        "state": f"Evaluate{name}",
                        "error": "QualityRefused",
                        "cause": jsonata(f"'{table}: ' & $bad"),
                    }
                },
                "Output": NOTHING,
                "Next": catch_all["Next"],
            },
        }

    return states


def check_seconds(minutes: int) -> int:
    """Tell how long a check may take, with the time until it begins."""
    return minutes * 60 + MARGIN_SECONDS
