"""Rules with a schedule, fired by hand: no test and no demonstration waits five minutes."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.events.upstream import eventbridge


def fire(name: object) -> list[str]:
    """Send the scheduled event of every enabled rule whose name holds ``name``; names the rules."""
    if not isinstance(name, str):
        raise ValueError(f"a rule's name, or a part of it, is a string, not {name!r}")
    fired = []
    for (account, region, key), rule in list(eventbridge._rules._data.items()):
        wanted = name in rule["Name"] and rule.get("State") == "ENABLED"
        if not wanted or not rule.get("ScheduleExpression"):
            continue
        with responses.request_scope(account, region):
            targets = eventbridge._targets._data.get((account, region, key)) or ()
            _send(rule, list(targets), account, region)
        fired.append(str(rule["Name"]))
    return sorted(fired)


def _send(
    rule: Mapping[str, Any], targets: Iterable[Mapping[str, Any]], account: str, region: str
) -> None:
    event = {
        "EventId": responses.new_uuid(),
        "Source": "aws.events",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "EventBusName": rule.get("EventBusName", "default"),
        "Time": int(CLOCK.time()),
        "Resources": [rule["Arn"]],
        "Account": account,
        "Region": region,
    }
    for target in targets:
        eventbridge._invoke_target(target, event, rule)
