"""What alarms say to whoever is called by one, and the words that all architectures share."""

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["high", "low"]  # something is lost unless a person acts; or it is only late


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmText:
    """What has happened, what to do, and the heading of the architecture's page that says more."""

    severity: Severity
    happened: str
    do: str
    heading: str

    def description(self, page: str) -> str:
        """Word it for an alarm, with a link to a page such as ``docs/service_chain.md``."""
        return f"[{self.severity}] {self.happened} {self.do} {page}#{anchor(self.heading)}"


def anchor(heading: str) -> str:
    """Spell a heading as the links of Markdown do."""
    return re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")


LATE = AlarmText(
    severity="low",
    happened="Messages wait longer than they should: more come than are taken, or none is taken.",
    do="Look at the dashboard whether the function fails or is throttled.",
    heading="Late arrivals",
)
DEAD_LETTERS = AlarmText(
    severity="high",
    happened="A message failed as often as it may, or an event did not reach the queue.",
    do="Mend the cause, then redrive within fourteen days.",
    heading="Dead letters",
)
UNDELIVERED = AlarmText(
    severity="high",
    happened="An event did not reach its target.",
    do="Ask the dry run of a redrive why, mend that, then redrive within fourteen days.",
    heading="Undelivered events",
)
ERRORS = AlarmText(
    severity="high",
    happened="The function failed, was killed or ran out of time.",
    do="Its log names the error; what it was called for is tried again by itself.",
    heading="A function that fails",
)
THROTTLED = AlarmText(
    severity="low",
    happened="Functions could not start: the account runs as many as it may at once.",
    do="Lower what runs at once, here or elsewhere, or have the quota raised.",
    heading="Throttled functions",
)
