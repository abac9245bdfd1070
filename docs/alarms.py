"""The table of a stack's alarms, read from its template: what rings each, and what to do."""

import re
from collections.abc import Mapping
from typing import Any

from costs.markdown import table

# How an alarm's description is worded: stacks/shared/alarm.py.
WORDS = re.compile(
    r"\[(?P<severity>\w+)\] (?P<happened>[^.]+\.) (?P<do>.+) (?P<page>\S+)#(?P<anchor>\S+)"
)


def alarms_of(template: Mapping[str, Any], stack: str) -> dict[str, re.Match[str]]:
    """Map the name of each alarm, without its stack's, to what it says; KeyError if it is silent.

    Raises ValueError for an alarm that has no words of ours.
    """
    found = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            name = resource["Properties"]["AlarmName"].removeprefix(f"{stack}-")
            said = WORDS.fullmatch(resource["Properties"].get("AlarmDescription", ""))
            if said is None:
                raise ValueError(f"the alarm {name} of {stack} is not described by an AlarmText")
            found[name] = said
    return dict(sorted(found.items()))


def alarm_table(template: Mapping[str, Any], stack: str) -> str:
    """Write the table; each name leads to its heading on the same page."""
    rows = [
        [f"[{name}](#{said['anchor']})", said["severity"], said["happened"], said["do"]]
        for name, said in alarms_of(template, stack).items()
    ]
    return table(["Alarm", "Severity", "Rung by", "What to do"], rows)
