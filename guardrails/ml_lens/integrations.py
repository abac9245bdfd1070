"""What state machines and schedules call: optimized integrations, and actions of the SDKs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardrails.intrinsics import UnresolvableError, is_intrinsic, text
from guardrails.ml_lens.machines import MACHINE, definition, states
from guardrails.ml_lens.patterns import arn_parts
from guardrails.ml_lens.template import Resource

SCHEDULE = "AWS::Scheduler::Schedule"
SDK = re.compile(
    r"(?:states|scheduler):::aws-sdk:(?P<service>[^:]*):(?P<action>[^.]*)(?:\.(?P<way>.*))?"
)
OPTIMIZED = re.compile(r"states:::(?P<service>[^:]*):(?P<action>[^.]*)(?:\.(?P<way>.*))?")


@dataclass(frozen=True)
class Called:
    """One call: where it stands, of which kind, and its arguments, if they stand there too."""

    location: str
    sdk: bool
    service: str
    action: str
    way: str
    arguments: Mapping[str, Any] | None

    @property
    def named(self) -> frozenset[str]:
        """The names of its arguments in lower case, JSONPath's mark left out."""
        return frozenset(str(name).removesuffix(".$").lower() for name in self.arguments or {})


def calls(holder: Resource) -> Iterator[Called]:
    """Yield what a machine's tasks or a schedule call, other than functions and activities."""
    if holder.type == SCHEDULE:
        target = ":".join(arn_parts(text(holder.at("Target", "Arn") or ""))[2:])
        yield from _called("Properties.Target", target, None)
    elif holder.type == MACHINE:
        for state in states(definition(holder)):
            if state.body.get("Type") == "Task":
                try:
                    passed: Mapping[str, Any] | None = state.arguments
                except UnresolvableError:
                    passed = None
                known = None if passed is None or is_intrinsic(passed) else passed
                yield from _called(state.location, state.calls, known)


def _called(location: str, spelled: str, arguments: Mapping[str, Any] | None) -> Iterator[Called]:
    for sdk, pattern in ((True, SDK), (False, OPTIMIZED)):
        if found := pattern.fullmatch(spelled):
            yield Called(
                location, sdk, found["service"], found["action"], found["way"] or "", arguments
            )
            return
