"""The alarms of a deployed stack, and which of them ring."""

import json
import time

import pytest

from sandbox.host.client import Sandbox

LOOK_SECONDS = 0.3
OLD_SECONDS = 20  # longer than a message takes to fail as often as it may
QUIET_SECONDS = 3  # within which an alarm that is to ring as well has done so


def soon_too_old(template: str, *alarms: str) -> str:
    """Let alarms about an age, of which the least setting is a minute, ring after seconds."""
    changed = json.loads(template)
    found = {
        resource["Properties"]["AlarmName"].rpartition("-")[2]: resource["Properties"]
        for resource in changed["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    for alarm in alarms:
        found[alarm]["Threshold"] = OLD_SECONDS
    return json.dumps(changed)


class AlarmBells:
    """Hears the alarms of one stack, by their names without the stack's."""

    def __init__(self, sandbox: Sandbox, stack: str) -> None:
        self._sandbox, self._prefix = sandbox, f"{stack}-"
        self._alarms = sandbox.client("cloudwatch")
        self._rung: set[str] = set()

    def all(self) -> set[str]:
        """Name all that there are."""
        return self._named()

    def rung(self) -> set[str]:
        """Name those that have rung so far."""
        self._rung |= self._named(StateValue="ALARM")
        return self._rung

    def wait_for(self, *names: str, seconds: float = 30) -> None:
        """Wait until these have rung."""
        end = time.monotonic() + seconds
        while missing := set(names) - self.rung():
            if time.monotonic() > end:
                pytest.fail(f"{missing} did not ring; problems: {self._sandbox.problems()}")
            time.sleep(LOOK_SECONDS)

    def only(self, name: str) -> bool:
        """Wait for one, and tell whether none but it has rung a little later."""
        self.wait_for(name)
        time.sleep(QUIET_SECONDS)
        return self.rung() == {name}

    def _named(self, **which: str) -> set[str]:
        pages = self._alarms.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=self._prefix, **which
        )
        names = (alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"])
        return {name.removeprefix(self._prefix) for name in names}
