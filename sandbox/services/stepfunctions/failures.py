"""How a state fails: the error's name and cause, and which Retry or Catch it meets."""

from collections.abc import Iterable, Mapping
from typing import Any

TIMEOUT = "States.Timeout"
HEARTBEAT = "States.HeartbeatTimeout"
RUNTIME = "States.Runtime"
TOO_LARGE = "States.DataLimitExceeded"
# No wildcard meets these; States.Runtime cannot be met at all.
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_TERMINAL = {RUNTIME, TOO_LARGE}


class StateError(Exception):
    """A state failed. ``also`` are further names under which Retry and Catch know the error."""

    def __init__(self, error: str, cause: str = "", *, also: Iterable[str] = ()) -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause
        self._names = {error, *also}

    @property
    def output(self) -> dict[str, str]:
        """What a Catch receives."""
        return {"Error": self.error, "Cause": self.cause}

    def meets(self, rule: Mapping[str, Any]) -> bool:
        """Tell whether a Retry or Catch is meant for this error."""
        wanted = set(rule["ErrorEquals"])
        if RUNTIME in self._names:
            return False
        if self._names & wanted:
            return True
        if self._names & _TERMINAL:
            return False
        return "States.ALL" in wanted or ("States.TaskFailed" in wanted and self.error != TIMEOUT)


def heartbeat_missed() -> StateError:
    """Make the error of a missed heartbeat: AWS reports States.Timeout, either name catches it."""
    return StateError(TIMEOUT, also=(HEARTBEAT,))
