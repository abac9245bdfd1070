"""What alarms say to whoever is called by one."""

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
