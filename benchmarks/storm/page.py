"""What the storm's page says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.storm.rules import name_of
from costs.markdown import table


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of things that were sent: each should have one end, and only one."""

    what: str
    sent: int
    lost: int
    doubled: int
    failed: int
    seconds: float
    dead_letters: int


def section(
    granted: int,
    outcomes: Sequence[Outcome],
    struck: Sequence[Mapping[str, Any]],
    calls: Mapping[str, int],
) -> str:
    """Write what came of it, and how often each rule struck."""
    ends = table(
        ["Sent", "Number", "Lost", "Doubled", "Failed", "Dead-letter queues in use", "Seconds"],
        [
            [
                one.what, f"{one.sent:,}", str(one.lost), str(one.doubled), str(one.failed),
                str(one.dead_letters), f"{one.seconds:,.0f}",
            ]
            for one in outcomes
        ],
    )  # fmt: skip
    hits = table(
        ["Rule", "Error", "Rate", "Hits", "Calls"],
        [
            [
                f"`{name_of(rule)}`", str(rule.get("code", "")),
                str(rule.get("rate", rule.get("duplicate", ""))), f"{rule['hits']:,}",
                f"{calls[rule['action']]:,}" if rule.get("action") in calls else "",
            ]
            for rule in struck
        ],
    )  # fmt: skip
    silent = [name_of(rule) for rule in struck if not rule["hits"]]
    documents, frames = outcomes
    return f"""Both architectures in one sandbox with IAM enforced, as they are by default, in an
account with {granted} concurrent functions. {documents.sent} documents (a tenth of them recordings)
and {frames.sent:,} frames are sent at once, and each API that the architectures call fails now and
then. "Calls" are those that come from outside a service; what services do by themselves (keys,
log lines, a queue's poller) is struck and not counted.

{ends}

{"Rules that never struck: " + ", ".join(silent) if silent else "Every rule struck."}

{hits}
"""
