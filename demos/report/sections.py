"""What a demo reports: its checks, its sections of blocks, its costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from costs.bill import Line
from demos.report.blocks import Block, Check, Figure


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report: its name, heading, one sentence, the rest.

    A terminal shows the ``brief`` ones only.
    """

    anchor: str
    heading: str
    lead: str
    blocks: Sequence[Block]
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a demo."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StandIn:
    """A part of the sandbox, whether it is real, and how it works."""

    what: str
    is_real: bool
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a demo shows.

    ``praise`` is said when every check passed, ``because`` explains it. ``beside`` names what
    shared the machine, ``counted`` what of the costs is counted and what modelled. ``synthetic``
    names the parts of answers that the sandbox made up. The phases come last of all.
    """

    name: str
    title: str
    summary: str
    ran_at: datetime
    figures: Sequence[Figure]
    checks: Sequence[Check]
    praise: str
    because: str
    sections: Sequence[Section]
    beside: str
    costs: Sequence[Line]
    counted: str
    stand_ins: Sequence[StandIn]
    synthetic: Sequence[str]
    responsible_use: Sequence[str]
    phases: Sequence[Phase] = ()

    @property
    def problems(self) -> list[str]:
        """Say what is wrong, and what to do next; nothing is good."""
        return [check.advice for check in self.checks if not check.passed]

    @property
    def seconds(self) -> float:
        """How long all phases took."""
        return sum(phase.seconds for phase in self.phases)
